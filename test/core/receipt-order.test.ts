import fc from 'fast-check';
import { statusOf } from '../../core/attempt-status';
import { decide } from '../../core/decide';
import type { Input } from '../../core/input';
import { type AttemptState, initialState, type State } from '../../core/state';
import { RECEIPT_STATUSES, type ReceiptStatus } from '../../schemas/vocabulary';
import { START_AT, testLadder } from '../scenarios/run-on-core';
import { flow, step } from '../scenarios/scenario';
import { type Move, newWorld, pass, reason, receiptOf, settle, status, take } from './hostile-world';

/** fast-check prints the seed and the path of a failure; they reproduce it. */
const RUNS = { numRuns: 300 };

describe('any order of the same receipts', () => {
  /** A receipt that comes again has the same time: the provider's own. */
  const fact = fc.record({ status, reason: reason }).map((one) => {
    return { ...one, atMs: 100 * RECEIPT_STATUSES.indexOf(one.status) };
  });
  const facts = fc.array(fact, { minLength: 1, maxLength: 8 });
  /** The same facts, some of them twice, in another order. */
  const orders = facts.chain((list) =>
    fc.tuple(
      fc.constant(list),
      fc.shuffledSubarray([...list, ...list], { minLength: list.length, maxLength: 2 * list.length }).map((some) => {
        const missing = list.filter((fact) => !some.includes(fact));
        return [...some, ...missing];
      }),
    ),
  );

  /** What is known of an attempt once all receipts are in. */
  function known(state: State): unknown {
    return state.steps.map(({ attempts }) =>
      attempts.map((attempt) => [
        statusOf(attempt),
        attempt.delivery,
        attempt.reason,
        attempt.code,
        [...attempt.seen].sort(),
      ]),
    );
  }

  test('gives an attempt one status, reason and code', () => {
    fc.assert(
      fc.property(orders, fc.boolean(), ([first, second], early) => {
        const one = afterReceipts(first, early);
        const other = afterReceipts(second, early);
        expect(known(other)).toEqual(known(one));
      }),
      RUNS,
    );
  });

  test('before or after the answer of the send gives the same status', () => {
    fc.assert(
      fc.property(facts, (list) => {
        expect(known(afterReceipts(list, true))).toEqual(known(afterReceipts(list, false)));
      }),
      RUNS,
    );
  });

  test('among the timers of a ladder gives the first attempt one status, and one moment of reach', () => {
    const turns = fc.array(fc.constantFrom('answer', 'time', 'receipt'), { maxLength: 30 });
    fc.assert(
      fc.property(orders, turns, turns, ([first, second], some, others) => {
        expect(firstAttempt(amongTimers(second, others))).toEqual(firstAttempt(amongTimers(first, some)));
      }),
      RUNS,
    );
  });

  test('after the end names the same step as the one that reached the person first', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (a, b) => {
        fc.pre(a !== b);
        const late: [string, number][] = [
          ['whatsapp', a],
          ['sms', b],
        ];
        const states = [late, late.toReversed()].map(afterTheEnd);
        const [one, other] = states.map(({ reachedStep, reachedAt, duplicate, costTwiceMicros }) => {
          return { reachedStep, reachedAt, duplicate, costTwiceMicros };
        });
        expect(one).toEqual(other);
        expect(one).toMatchObject({ reachedStep: a < b ? 0 : 1, duplicate: true });
      }),
      RUNS,
    );
  });

  type Fact = { status: ReceiptStatus; reason: Move['reason']; atMs: number };

  function afterReceipts(facts: readonly Fact[], early: boolean): State {
    const one = testLadder(flow([step('sms')]));
    const accepted: Input = {
      type: 'SendAccepted',
      step: 'sms',
      attempt: 1,
      providerMessageId: null,
      costMicros: null,
    };
    let state = decide(
      initialState(one),
      { type: 'Invoked', unaddressable: [], timezone: null, sendAt: null },
      0,
    ).state;
    if (!early) state = decide(state, accepted, START_AT).state;
    for (const { status, reason, atMs } of facts) {
      const receipt = { ...receiptOf('sms', status, reason, 1), at: START_AT + atMs };
      state = decide(state, receipt, START_AT + 10_000).state;
    }
    return early ? decide(state, accepted, START_AT + 10_000).state : state;
  }

  /** The first step's receipts come whenever their turn is: early, in time, late, or after the end. */
  function amongTimers(facts: readonly Fact[], turns: readonly string[]): State {
    const world = newWorld(testLadder(flow([step('whatsapp'), step('sms'), step('email')])));
    const left = [...facts];
    // The provider has been given the message: its answer may come after its receipts, but it is no refusal.
    const accepted: Input = {
      type: 'SendAccepted',
      step: 'whatsapp',
      attempt: 1,
      providerMessageId: null,
      costMicros: null,
    };
    world.open.length = 0;
    for (const turn of [...turns, 'settle', ...facts.map(() => 'receipt')]) {
      const fact = turn === 'receipt' ? left.shift() : undefined;
      if (fact) take(world, { ...receiptOf('whatsapp', fact.status, fact.reason, 1), at: START_AT - fact.atMs });
      else if (turn === 'answer') take(world, accepted);
      else if (turn === 'time') pass(world, 700);
      else if (turn === 'settle') {
        take(world, accepted);
        settle(world);
      }
    }
    return world.state;
  }

  function firstAttempt(state: State): unknown {
    const attempt = state.steps[0]?.attempts[0];
    if (!attempt) throw new Error('it was never requested');
    return { ...pick(attempt), status: statusOf(attempt), seen: [...attempt.seen].sort() };
  }

  function pick({ delivery, reason, code, reachedAt }: AttemptState): Partial<AttemptState> {
    return { delivery, reason, code, reachedAt };
  }

  function afterTheEnd(receipts: readonly [string, number][]): State {
    const world = newWorld(testLadder(flow([step('whatsapp'), step('sms')])));
    settle(world);
    world.now += 60_000;
    for (const [name, atMs] of receipts) {
      take(world, { ...receiptOf(name, 'delivered', null, 1), at: START_AT + atMs });
    }
    expect(world.state.status).toBe('failed');
    return world.state;
  }
});
