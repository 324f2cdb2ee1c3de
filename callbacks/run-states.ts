import type { Event } from '../core/event';
import { evolve } from '../core/evolve';
import type { Ladder } from '../core/ladder';
import { initialState, type State } from '../core/state';
import { fromWire } from '../core/wire';
import type { EventRecord, WireEvent } from '../schemas/event';
import { createBoundedMap } from '../store/bounded-map';
import type { Histories } from '../store/contract';

const RUNS_HELD = 5_000;

/** A record that no retry makes better. */
export class BrokenRecord extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BrokenRecord';
  }
}

/** The history does not hold yet what came before a record; the batch is to be given again. */
export class HistoryBehind extends Error {
  constructor(id: string) {
    super(`the history of ${id} is not as far as its newest record yet`);
    this.name = 'HistoryBehind';
  }
}

export interface RunStatesDeps {
  histories: Pick<Histories, 'of'>;
  /** Whether the histories hold all that stands in the partition up to and with that position. */
  heldTo(partition: number, position: number): Promise<boolean>;
}

/** A fact that is new, with the state before it and exactly after it. */
export interface Step {
  event: Event;
  before: State;
  after: State;
}

/** Where a record stands in the log. */
export interface Place {
  partition: number;
  position: number;
}

/** The runs of one batch. What it leads to is remembered once it is written, and not where that failed. */
export interface BatchStates {
  /** What the record adds to its run: each event once, the one at the lowest position, in order. */
  follow(record: EventRecord, ladder: Ladder, place: Place): Promise<Step[]>;
  remember(): void;
}

/**
 * The states of runs, event by event, the latest in memory. A run that is not there, or not as far because another
 * process had its partition, is folded anew from its history.
 */
export function createRunStates({ histories, heldTo }: RunStatesDeps): { begin(): BatchStates } {
  const held = createBoundedMap<string, State>(RUNS_HELD);

  /** The state before the record's first event, and those of its events that stand; null: all of them. */
  async function anew({ invocationId, events }: EventRecord, ladder: Ladder, place: Place) {
    const first = events[0]?.seq ?? 1;
    if (first === 1) return { state: initialState(ladder), standing: null };
    const standing = standingEvents(await histories.of(invocationId));
    let state = initialState(ladder);
    while (state.seq < first - 1) {
      const next = standing.get(state.seq + 1);
      if (!next) {
        if (!(await heldTo(place.partition, place.position))) throw new HistoryBehind(invocationId);
        throw new BrokenRecord(`event ${first} of ${invocationId} came after event ${state.seq}`);
      }
      state = evolveOrBreak(state, fromWire(next));
    }
    return { state, standing };
  }

  return {
    begin() {
      const draft = new Map<string, State>();
      return {
        async follow(record, ladder, place) {
          const { invocationId: id, events } = record;
          const known = draft.get(id) ?? held.get(id);
          const followsOn = known && (events[0]?.seq ?? 1) <= known.seq + 1;
          const { state, standing } = followsOn ? { state: known, standing: null } : await anew(record, ladder, place);
          const steps = stepsFrom(record, state, standing);
          draft.set(id, steps[steps.length - 1]?.after ?? state);
          return steps;
        },
        remember() {
          for (const [id, state] of draft) held.set(id, state);
        },
      };
    },
  };
}

/** By number; of two of one number the first stands. */
function standingEvents(values: readonly string[]): Map<number, WireEvent> {
  const standing = new Map<number, WireEvent>();
  for (const value of values) {
    for (const event of (JSON.parse(value) as EventRecord).events) {
      if (!standing.has(event.seq)) standing.set(event.seq, event);
    }
  }
  return standing;
}

function stepsFrom(
  { invocationId, events }: EventRecord,
  from: State,
  standing: ReadonlyMap<number, WireEvent> | null,
): Step[] {
  const steps: Step[] = [];
  let before = from;
  for (const wire of events) {
    if (wire.seq <= before.seq) continue;
    if (wire.seq !== before.seq + 1) {
      throw new BrokenRecord(`event ${wire.seq} of ${invocationId} came after event ${before.seq}`);
    }
    // Another of this number may stand at a lower position; the history may also not hold this one yet.
    const event = fromWire(standing?.get(wire.seq) ?? wire);
    const after = evolveOrBreak(before, event);
    steps.push({ event, before, after });
    before = after;
  }
  return steps;
}

/** evolve throws for a step or an attempt that there is not. */
function evolveOrBreak(state: State, event: Event): State {
  try {
    return evolve(state, event);
  } catch (cause) {
    throw new BrokenRecord(cause instanceof Error ? cause.message : String(cause), { cause });
  }
}
