import type { Event } from '../core/event';
import { evolve } from '../core/evolve';
import { type Ladder, sendRungOf } from '../core/ladder';
import { initialState, type State } from '../core/state';
import { dumpState, loadState } from '../core/state-json';
import { fromWire } from '../core/wire';
import type { LogRecord } from '../log/contract';
import type { EventRecord } from '../schemas/event';
import type { InvocationStatus, Mode } from '../schemas/vocabulary';
import type { MessageView, NewView, RecordStore, RunView, ViewWriter } from '../store/contract';
import { newViewOf } from './new-view';

const RECENT_RUNS = 2_000;

export interface ProjectorDeps {
  views: ViewWriter;
  records: RecordStore;
  /** The ladder of a published version; null where there is none. */
  ladders(flowId: string, version: number, mode: Mode): Promise<Ladder | null>;
  /** The keyed hash that an address is found by. */
  hash(address: string): string;
  /** Told of a record that can never be folded in; it is passed over, so that it holds nobody else up. */
  report(record: LogRecord, cause: Error): void;
}

export interface Projector {
  /**
   * Folds records of one partition, in order, into the read model. What was folded in before is passed over, by its
   * position and by each event's number: records may come again. Rejects, with nothing written, when a store is away.
   * @returns how many events were folded in
   */
  project(records: readonly LogRecord[]): Promise<number>;
}

/** What a batch comes to while it is being folded. */
interface Draft {
  states: Map<string, State>;
  created: Map<string, EventRecord>;
  messages: MessageView[];
  events: number;
}

interface Parsed {
  record: LogRecord;
  value: EventRecord;
}

/** Events in, read model out; exactly once, as the position is written with what it led to. */
export function createProjector(deps: ProjectorDeps): Projector {
  const positions = new Map<number, number | null>();
  const recent = new Map<string, State>();

  async function positionOf(partition: number): Promise<number | null> {
    const known = positions.get(partition);
    if (known !== undefined) return known;
    const position = await deps.views.position(partition);
    positions.set(partition, position);
    return position;
  }

  /** Only what was written is remembered: after a failed write the batch begins from the states before it. */
  function remember(states: ReadonlyMap<string, State>): void {
    for (const [id, state] of states) {
      recent.delete(id);
      recent.set(id, state);
    }
    for (const id of recent.keys()) {
      if (recent.size <= RECENT_RUNS) break;
      recent.delete(id);
    }
  }

  return {
    async project(records) {
      const last = records[records.length - 1];
      if (!last) return 0;
      const position = await positionOf(last.partition);
      const parsed = parseNew(records, position, deps);
      const draft: Draft = { states: new Map(), created: new Map(), messages: [], events: 0 };
      const stored = await storedStates(parsed, recent, deps.views);
      for (const item of parsed) {
        try {
          await foldRecord(item, draft, recent, stored, deps);
        } catch (error) {
          if (!(error instanceof BrokenRecord)) throw error;
          deps.report(item.record, error);
        }
      }
      if (position !== null && last.position <= position) return 0;
      const created = await createdViews(draft, deps);
      const runs = [...draft.states].map(([id, state]) => runViewOf(id, state));
      await deps.views.write({
        partition: last.partition,
        position: last.position,
        created,
        runs,
        messages: draft.messages,
      });
      positions.set(last.partition, last.position);
      remember(draft.states);
      return draft.events;
    },
  };
}

/** A record that no retry makes better. */
class BrokenRecord extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BrokenRecord';
  }
}

function parseNew(records: readonly LogRecord[], position: number | null, deps: ProjectorDeps): Parsed[] {
  const parsed: Parsed[] = [];
  for (const record of records) {
    if (position !== null && record.position <= position) continue;
    try {
      const value = JSON.parse(record.value) as EventRecord;
      if (typeof value?.invocationId !== 'string' || !Array.isArray(value.events))
        throw new TypeError('no event record');
      parsed.push({ record, value });
    } catch (error) {
      deps.report(record, error instanceof Error ? error : new Error(String(error)));
    }
  }
  return parsed;
}

/** Also asked for runs that seem to begin: a producer may have written their first record twice. */
async function storedStates(
  parsed: readonly Parsed[],
  recent: ReadonlyMap<string, State>,
  views: ViewWriter,
): Promise<Map<string, string>> {
  const ids = new Set<string>();
  for (const { value } of parsed) {
    if (!recent.has(value.invocationId)) ids.add(value.invocationId);
  }
  return ids.size === 0 ? new Map() : views.states([...ids]);
}

async function foldRecord(
  { value }: Parsed,
  draft: Draft,
  recent: ReadonlyMap<string, State>,
  stored: ReadonlyMap<string, string>,
  deps: ProjectorDeps,
): Promise<void> {
  const id = value.invocationId;
  let state = draft.states.get(id) ?? recent.get(id);
  const isNew = !state && !stored.has(id);
  if (!state) {
    const ladder = await deps.ladders(value.flowId, value.flowVersion, value.mode);
    if (!ladder) throw new BrokenRecord(`there is no version ${value.flowVersion} of flow ${value.flowId}`);
    const json = stored.get(id);
    state = json === undefined ? initialState(ladder) : loadState(ladder, json);
  }
  const before = state.seq;
  const messages: MessageView[] = [];
  for (const wire of value.events) {
    if (wire.seq <= state.seq) continue;
    if (wire.seq !== state.seq + 1) throw new BrokenRecord(`event ${wire.seq} of ${id} came after event ${state.seq}`);
    const event = fromWire(wire);
    const message = messageOf(id, event, state);
    if (message) messages.push(message);
    state = evolveOrBreak(state, event);
  }
  if (state.seq === before) return;
  draft.states.set(id, state);
  draft.messages.push(...messages);
  draft.events += state.seq - before;
  if (isNew) draft.created.set(id, value);
}

/** evolve throws for a step or an attempt that there is not. */
function evolveOrBreak(state: State, event: Event): State {
  try {
    return evolve(state, event);
  } catch (cause) {
    throw new BrokenRecord(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}

/** The provider's name for an attempt, where the event brings one that was not known before. */
function messageOf(invocationId: string, event: Event, before: State): MessageView | null {
  const brings =
    event.type === 'AttemptAccepted' || event.type === 'ReceiptRecorded' || event.type === 'LateReceiptRecorded';
  if (!brings || event.providerMessageId === undefined) return null;
  const { step, attempt, providerMessageId } = event;
  const rung = sendRungOf(before.ladder, step);
  if (!rung) return null;
  const known = before.steps[rung.index]?.attempts[attempt - 1]?.providerMessageId;
  return known === providerMessageId
    ? null
    : { provider: rung.provider, providerMessageId, invocationId, step, attempt };
}

async function createdViews(draft: Draft, deps: ProjectorDeps): Promise<NewView[]> {
  if (draft.created.size === 0) return [];
  const records = await deps.records.getMany([...draft.created.keys()]);
  const views: NewView[] = [];
  for (const [id, record] of draft.created) {
    const state = draft.states.get(id);
    if (state) views.push(newViewOf(record, state, records.get(id) ?? null, deps.hash));
  }
  return views;
}

function runViewOf(id: string, state: State): RunView {
  return { id, status: statusOf(state), endedAt: state.endedAt, seq: state.seq, state: dumpState(state) };
}

function statusOf(state: State): InvocationStatus {
  return state.status === 'new' ? 'running' : state.status;
}
