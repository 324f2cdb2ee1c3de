import fc from 'fast-check';
import { decide } from '../../core/decide';
import { fold } from '../../core/evolve';
import type { Input } from '../../core/input';
import type { Ladder } from '../../core/ladder';
import { LADDERS, type Move, make, move, newWorld, settle, type World } from './hostile-world';

/** fast-check prints the seed and the path of a failure; they reproduce it. */
const RUNS = { numRuns: 300 };

const ladder = fc.constantFrom(...LADDERS);

function run(ladder: Ladder, moves: readonly Move[]): World {
  const world = newWorld(ladder);
  for (const one of moves) make(world, one);
  settle(world);
  return world;
}

const ENDINGS = ['InvocationSucceeded', 'InvocationFailed', 'InvocationCancelled', 'InvocationExpired'];

describe('whatever the world does', () => {
  const story = fc.tuple(ladder, fc.array(move, { maxLength: 60 }));

  test('an invocation ends in exactly one final status', () => {
    fc.assert(
      fc.property(story, ([ladder, moves]) => {
        const { state, events } = run(ladder, moves);
        expect(['succeeded', 'failed', 'cancelled', 'expired']).toContain(state.status);
        expect(events.filter(({ type }) => ENDINGS.includes(type))).toHaveLength(1);
      }),
      RUNS,
    );
  });

  test('no attempt is requested or sent twice, and nothing is requested after the end', () => {
    fc.assert(
      fc.property(story, ([ladder, moves]) => {
        const { events, sent } = run(ladder, moves);
        const requested = events.flatMap((e) => (e.type === 'AttemptRequested' ? [`${e.step}#${e.attempt}`] : []));
        expect(new Set(requested).size).toBe(requested.length);
        expect(new Set(sent).size).toBe(sent.length);
        const end = events.findIndex(({ type }) => ENDINGS.includes(type));
        expect(events.slice(end).filter(({ type }) => type === 'AttemptRequested')).toEqual([]);
      }),
      RUNS,
    );
  });

  test('the events give the live state', () => {
    fc.assert(
      fc.property(story, ([ladder, moves]) => {
        const { state, events } = run(ladder, moves);
        expect({ ...fold(ladder, events), ladder: null }).toEqual({ ...state, ladder: null });
      }),
      RUNS,
    );
  });

  test('a history is numbered without gaps, and no event lies before the one before it', () => {
    fc.assert(
      fc.property(story, ([ladder, moves]) => {
        const { events } = run(ladder, moves);
        expect(events.map(({ seq }) => seq)).toEqual(events.map((_, n) => n + 1));
        expect(events.every(({ at }, n) => n === 0 || at >= (events[n - 1]?.at ?? 0))).toBe(true);
      }),
      RUNS,
    );
  });

  test('the cost and who was reached follow from the attempts', () => {
    fc.assert(
      fc.property(story, ([ladder, moves]) => {
        const { state } = run(ladder, moves);
        const attempts = state.steps.flatMap((one) => one.attempts);
        expect(state.costMicros).toBe(attempts.reduce((sum, { costMicros }) => sum + costMicros, 0));
        const reached = attempts.flatMap(({ reachedAt }) => (reachedAt === null ? [] : [reachedAt]));
        expect(state.reachedAt).toBe(reached.length === 0 ? null : Math.min(...reached));
      }),
      RUNS,
    );
  });

  test('an input that comes twice changes nothing the second time', () => {
    fc.assert(
      fc.property(story, ([ladder, moves]) => {
        const world = newWorld(ladder);
        for (const one of moves) {
          make(world, one);
          const again = world.history.at(-1) as Input;
          // Without its number a receipt is of the newest attempt, and a retry has made a newer one.
          if (again.type === 'ReceiptArrived' && again.attempt === null) continue;
          expect(decide(world.state, again, world.now).events).toEqual([]);
        }
      }),
      RUNS,
    );
  });
});
