import type { Event } from '../core/event';
import { evolve } from '../core/evolve';
import { type Ladder, sendRungOf } from '../core/ladder';
import { initialState, type State } from '../core/state';
import { loadState } from '../core/state-json';
import { fromWire } from '../core/wire';
import type { LogRecord } from '../log/contract';
import type { EventRecord } from '../schemas/event';
import type { Channel, Mode } from '../schemas/vocabulary';
import type { Contribution, MessageView, ViewWriter } from '../store/contract';
import { countsBetween } from './rollup';

export interface FoldDeps {
  views: Pick<ViewWriter, 'states'>;
  /** The ladder of a published version; null where there is none. */
  ladders(flowId: string, version: number, mode: Mode): Promise<Ladder | null>;
  /** Told of a record that can never be folded in; it is passed over, so that it holds nobody else up. */
  report(record: LogRecord, cause: Error): void;
}

/** What a batch comes to while it is being folded. */
export interface Draft {
  states: Map<string, State>;
  created: Map<string, EventRecord>;
  messages: MessageView[];
  contributions: Contribution[];
  /** The same by channel, for whoever counts what happens. */
  tallies: Tally[];
  events: number;
}

/** What a record adds on one channel: counters as in projection/rollup.ts. */
export interface Tally {
  channel: Channel;
  mode: Mode;
  currency: string;
  counts: Readonly<Record<string, number>>;
}

interface Parsed {
  record: LogRecord;
  value: EventRecord;
}

/** The runs of a batch before it; apart from the memory, which other partitions' batches change meanwhile. */
interface Known {
  /** As this process has left them. */
  held: Map<string, State>;
  /** As the store has the others, as JSON. */
  stored: Map<string, string>;
}

/**
 * What the records of one partition beyond `position` come to.
 * @param recent states that are as the store has them, or older where another process has had the partition
 */
export async function foldBatch(
  records: readonly LogRecord[],
  position: number | null,
  recent: ReadonlyMap<string, State>,
  deps: FoldDeps,
): Promise<Draft> {
  const parsed = parseNew(records, position, deps);
  const draft: Draft = {
    states: new Map(),
    created: new Map(),
    messages: [],
    contributions: [],
    tallies: [],
    events: 0,
  };
  const known = await statesBefore(parsed, recent, deps.views);
  for (const item of parsed) {
    try {
      await foldRecord(item, draft, known, deps);
    } catch (error) {
      if (!(error instanceof BrokenRecord)) throw error;
      deps.report(item.record, error);
    }
  }
  return draft;
}

/** A record that no retry makes better. */
class BrokenRecord extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BrokenRecord';
  }
}

function parseNew(records: readonly LogRecord[], position: number | null, deps: FoldDeps): Parsed[] {
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

/** The store is also asked for runs that seem to begin: a producer may have written their first record twice. */
async function statesBefore(
  parsed: readonly Parsed[],
  recent: ReadonlyMap<string, State>,
  views: FoldDeps['views'],
): Promise<Known> {
  const held = new Map<string, State>();
  const ids = new Set<string>();
  for (const { value } of parsed) {
    const state = recent.get(value.invocationId);
    if (state) held.set(value.invocationId, state);
    else ids.add(value.invocationId);
  }
  return { held, stored: ids.size === 0 ? new Map() : await views.states([...ids]) };
}

async function foldRecord(item: Parsed, draft: Draft, known: Known, deps: FoldDeps): Promise<void> {
  const id = item.value.invocationId;
  const before = await stateBefore(item.value, draft, known, deps);
  const messages: MessageView[] = [];
  const after = foldEvents(item.value, before, messages);
  if (after === before) return;
  if (before.seq === 0) draft.created.set(id, item.value);
  draft.states.set(id, after);
  draft.messages.push(...messages);
  draft.events += after.seq - before.seq;
  const { position } = item.record;
  const { currency } = after.ladder;
  for (const { key, counts } of countsBetween(before, after)) {
    draft.contributions.push({ key, position, counts });
    const { channel, mode } = key;
    if (channel !== '') draft.tallies.push({ channel, mode, currency, counts });
  }
}

/** Where the record does not follow on what we hold, what the store has is read before the record is called broken. */
async function stateBefore(value: EventRecord, draft: Draft, known: Known, deps: FoldDeps): Promise<State> {
  const id = value.invocationId;
  const { stored } = known;
  const drafted = draft.states.get(id);
  if (drafted) return drafted;
  const held = known.held.get(id);
  if (held && !leavesGap(value, held.seq)) return held;
  if (held) {
    known.held.delete(id);
    for (const [run, json] of await deps.views.states([id])) stored.set(run, json);
  }
  const ladder = await deps.ladders(value.flowId, value.flowVersion, value.mode);
  if (!ladder) throw new BrokenRecord(`there is no version ${value.flowVersion} of flow ${value.flowId}`);
  const json = stored.get(id);
  return json === undefined ? initialState(ladder) : loadState(ladder, json);
}

function leavesGap({ events }: EventRecord, seq: number): boolean {
  const first = events[0];
  return first !== undefined && first.seq > seq + 1;
}

/** The state itself where nothing in the record is new. @param messages told of those that it brings */
function foldEvents(value: EventRecord, before: State, messages: MessageView[]): State {
  let state = before;
  for (const wire of value.events) {
    if (wire.seq <= state.seq) continue;
    if (wire.seq !== state.seq + 1) {
      throw new BrokenRecord(`event ${wire.seq} of ${value.invocationId} came after event ${state.seq}`);
    }
    const event = fromWire(wire);
    const message = messageOf(value.invocationId, event, state);
    if (message) messages.push(message);
    state = evolveOrBreak(state, event);
  }
  return state;
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
  const known = before.steps[rung.index]?.attempts[attempt - 1];
  return known === undefined || known.providerMessageId === providerMessageId
    ? null
    : { provider: known.provider, providerMessageId, invocationId, step, attempt };
}
