import fc from 'fast-check';
import type { Command } from '../../core/command';
import { decide } from '../../core/decide';
import type { Event } from '../../core/event';
import type { Input, ReceiptInput } from '../../core/input';
import type { Ladder } from '../../core/ladder';
import { isWanted, nextWakeAt } from '../../core/pending';
import { initialState, type State } from '../../core/state';
import { RECEIPT_STATUSES, type ReceiptStatus } from '../../schemas/vocabulary';
import { liveLadder, START_AT, testLadder } from '../scenarios/run-on-core';
import { flow, parallel, step } from '../scenarios/scenario';

export const status = fc.constantFrom(...RECEIPT_STATUSES);
export const reason = fc.constantFrom(null, 'unreachable', 'blocked', 'invalid_address', 'rate_limited');

/** Flows of every kind that the core knows. */
export const LADDERS: readonly Ladder[] = [
  testLadder(flow([step('whatsapp'), step('sms'), step('email')])),
  testLadder(flow([step('rcs', { recall: true, successOn: 'read' }), step('sms')], { expiresAfterSeconds: 3 })),
  testLadder(flow([parallel('any', [[step('sms'), step('push')], [step('email')]]), step('whatsapp')])),
  testLadder(flow([parallel('all', [[step('sms'), step('push')], [step('email')]]), step('whatsapp')])),
  testLadder(
    flow([step('whatsapp', { onReason: { unreachable: 'retry', blocked: 'stop' } }), step('sms'), step('email')], {
      budget: { maxCostMicros: 72_000, currency: 'EUR', onExceeded: 'skip_step' },
    }),
  ),
  liveLadder(flow([step('sms', { provider: ['twilio', 'solapi', 'http'], timeoutSeconds: 3 }), step('email')])),
  liveLadder(
    flow([
      parallel('any', [[step('sms', { provider: 'twilio' })], [step('email', { provider: ['sendgrid', 'http'] })]]),
    ]),
  ),
];

/** What a hostile world does next. Choices are numbers, so that they fit whatever is pending at that moment. */
export const move = fc.record({
  kind: fc.constantFrom('answer', 'answer', 'receipt', 'receipt', 'again', 'time', 'time', 'control'),
  choice: fc.nat(1000),
  status,
  reason,
  waitMs: fc.constantFrom(0, 50, 400, 1000, 2500, 61_000),
});
export type Move = typeof move extends fc.Arbitrary<infer M> ? M : never;

/** The choice by which a send is accepted, a recall refused, and a look-up finds nothing out. */
const ACCEPT = 62;

/** One invocation in a world that answers, repeats, delays and contradicts as it likes. */
export interface World {
  readonly ladder: Ladder;
  state: State;
  now: number;
  events: Event[];
  /** Commands given and not yet answered. */
  open: Command[];
  /** Every send that the provider was given. */
  sent: string[];
  history: Input[];
}

export function newWorld(ladder: Ladder): World {
  const world = { ladder, state: initialState(ladder), now: START_AT, events: [], open: [], sent: [], history: [] };
  take(world, { type: 'Invoked', unaddressable: [], timezone: null, sendAt: null });
  return world;
}

export function take(world: World, input: Input): void {
  const succeeded = world.state.status === 'succeeded';
  const { state, events, commands } = decide(world.state, input, world.now);
  // Rule 3: nothing is sent after a success was processed.
  expect(commands.filter(({ type }) => succeeded && type === 'Send')).toEqual([]);
  world.state = state;
  world.events.push(...events);
  world.open.push(...commands);
  world.history.push(input);
}

export function make(world: World, { kind, choice, status, reason, waitMs }: Move): void {
  if (kind === 'answer') answer(world, choice, reason, status);
  else if (kind === 'receipt') receipt(world, choice, status, reason);
  else if (kind === 'again') take(world, world.history[choice % world.history.length] as Input);
  else if (kind === 'control' && choice < 100) {
    take(world, { type: choice < 50 ? 'CancelRequested' : 'CompleteRequested' });
  } else pass(world, waitMs);
}

export function pass(world: World, waitMs: number): void {
  world.now += waitMs;
  take(world, { type: 'TimerFired' });
}

function answer(world: World, choice: number, reason: Move['reason'], status: ReceiptStatus): void {
  const [command] = world.open.splice(choice % Math.max(1, world.open.length), 1);
  if (!command || command.type === 'SuppressAddress') return;
  const at = { step: command.step, attempt: command.attempt };
  if (command.type === 'Send') send(world, at, choice, reason);
  else if (command.type === 'Recall') {
    take(world, choice % 2 ? { type: 'RecallConfirmed', ...at } : { type: 'RecallFailed', ...at, code: null });
  } else {
    const known = (['yes', 'no', 'unknown'] as const)[choice % 3] ?? 'no';
    const news = choice % 2 ? { news: { status, reason, code: null, at: world.now - (choice % 7) * 100 } } : {};
    const outcome = known === 'yes' ? { known, providerMessageId: null, costMicros: null, ...news } : { known };
    take(world, { type: 'LookupAnswered', ...at, outcome });
  }
}

function send(world: World, at: { step: string; attempt: number }, choice: number, reason: Move['reason']): void {
  if (!isWanted(world.state, at.step, at.attempt)) {
    take(world, { type: 'SendDropped', ...at });
    return;
  }
  world.sent.push(`${at.step}#${at.attempt}`);
  const kind = choice % 5;
  if (kind === 0) take(world, { type: 'SendUncertain', ...at });
  else if (kind === 1) {
    take(world, { type: 'SendRejected', ...at, reason: reason ?? 'unknown', code: null, retryAfterMs: null });
  } else take(world, { type: 'SendAccepted', ...at, providerMessageId: null, costMicros: null });
}

/** Of any step and attempt, known or not, sent or not. */
function receipt(world: World, choice: number, status: ReceiptStatus, reason: Move['reason']): void {
  const names = [...world.ladder.indexByName.keys()];
  const attempt = choice % 3 === 0 ? null : (choice % 2) + 1;
  const input = receiptOf(names[choice % names.length] ?? '', status, reason, attempt);
  take(world, { ...input, at: world.now - (choice % 7) * 100 });
}

/** No more surprises: every send is accepted, time goes on until nothing waits. */
export function settle(world: World): void {
  for (let turns = 0; turns < 200 && (world.state.status === 'running' || world.open.length > 0); turns++) {
    while (world.open.length > 0) answer(world, ACCEPT, null, 'sent');
    const wakeAt = nextWakeAt(world.state);
    if (wakeAt !== null) pass(world, Math.max(0, wakeAt - world.now));
  }
}

export function receiptOf(
  name: string,
  status: ReceiptStatus,
  reason: Move['reason'],
  attempt: number | null,
): ReceiptInput {
  const none = { code: null, at: null, providerMessageId: null, costMicros: null };
  return { type: 'ReceiptArrived', step: name, attempt, status, reason, ...none };
}
