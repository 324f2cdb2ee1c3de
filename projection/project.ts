import { factsOf } from '../core/run-facts';
import type { State } from '../core/state';
import { dumpState } from '../core/state-json';
import type { LogRecord } from '../log/contract';
import type { InvocationStatus } from '../schemas/vocabulary';
import type { NewView, RecordStore, RunView, ViewWriter } from '../store/contract';
import { type Draft, type FoldDeps, foldBatch, type Tally } from './fold-batch';
import { newViewOf } from './new-view';

const RECENT_RUNS = 2_000;

export interface ProjectorDeps extends FoldDeps {
  views: ViewWriter;
  records: RecordStore;
  /** The keyed hash that an address is found by. */
  hash(address: string): string;
  /** Told of what a batch has added, once it is written. */
  onFolded?(tallies: readonly Tally[]): void;
}

export interface Projector {
  /**
   * Folds records of one partition, in order, into the read model and the rollups. What was folded in before is passed
   * over, by its position and by each event's number: records may come again. Rejects when a store is away; the batch,
   * cut as one likes, is then to be given again.
   * @returns how many events were folded in
   */
  project(records: readonly LogRecord[]): Promise<number>;
}

/**
 * Events in, read model and rollups out; exactly once. What is passed over is what the store says it has, asked for
 * with every batch: a partition may have been with another process and have come back. Where it is not as far as we
 * left it, the states held in memory may be old, and one that is old would count an event again which a producer wrote
 * twice: they are all let go.
 */
export function createProjector(deps: ProjectorDeps): Projector {
  const leftAt = new Map<number, number>();
  const recent = new Map<string, State>();

  async function positionOf(partition: number): Promise<number | null> {
    const position = await deps.views.position(partition);
    const left = leftAt.get(partition);
    if (left !== undefined && left !== position) recent.clear();
    return position;
  }

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

  async function write(partition: number, position: number, draft: Draft): Promise<void> {
    const created = await createdViews(draft, deps);
    const runs = [...draft.states].map(([id, state]) => runViewOf(id, state));
    const { messages, contributions } = draft;
    try {
      await deps.views.write({ partition, position, created, runs, messages, contributions });
    } catch (error) {
      // The store may have a part of it: it is asked anew what there is.
      for (const id of draft.states.keys()) recent.delete(id);
      throw error;
    }
    leftAt.set(partition, position);
    remember(draft.states);
    deps.onFolded?.(draft.tallies);
  }

  return {
    async project(records) {
      const last = records[records.length - 1];
      if (!last) return 0;
      const position = await positionOf(last.partition);
      if (position !== null && last.position <= position) return 0;
      const draft = await foldBatch(records, position, recent, deps);
      await write(last.partition, last.position, draft);
      return draft.events;
    },
  };
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
  const { endedAt, seq } = state;
  return { id, status: statusOf(state), endedAt, seq, state: dumpState(state), facts: factsOf(state) };
}

function statusOf(state: State): InvocationStatus {
  return state.status === 'new' ? 'running' : state.status;
}
