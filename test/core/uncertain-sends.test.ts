import { decide } from '../../core/decide';
import type { Input, LookupOutcome } from '../../core/input';
import { isWanted } from '../../core/pending';
import { initialState, type State } from '../../core/state';
import { START_AT, testLadder } from '../scenarios/run-on-core';
import { eventLine, flow, step } from '../scenarios/scenario';

const AT = { step: 'whatsapp', attempt: 1 };
const INVOKED: Input = { type: 'Invoked', unaddressable: [], timezone: null, sendAt: null };

function requested(): State {
  return decide(initialState(testLadder(flow([step('whatsapp'), step('sms')]))), INVOKED, START_AT).state;
}

function lookedUp(outcome: LookupOutcome) {
  const uncertain = decide(requested(), { type: 'SendUncertain', ...AT }, START_AT + 300);
  expect(uncertain.commands).toEqual([{ type: 'Lookup', ...AT }]);
  return decide(uncertain.state, { type: 'LookupAnswered', ...AT, outcome }, START_AT + 400);
}

describe('a send that nobody answered', () => {
  test('is accepted once the provider says that it has it', () => {
    const { state, events } = lookedUp({ known: 'yes', providerMessageId: 'SM1', costMicros: 7 });
    expect(events.map(eventLine)).toEqual(['AttemptAccepted whatsapp']);
    expect(state.steps[0]).toMatchObject({
      deadlineAt: START_AT + 1400,
      attempts: [{ providerMessageId: 'SM1', uncertain: true }],
    });
  });

  test('is tried again once the provider says that it never came', () => {
    const { state, events } = lookedUp({ known: 'no' });
    expect(events.map(eventLine)).toEqual([
      'AttemptRejected whatsapp provider_unavailable',
      'StepDeferred whatsapp provider_unavailable',
    ]);
    const again = decide(state, { type: 'TimerFired' }, START_AT + 900);
    expect(again.commands).toEqual([{ type: 'Send', step: 'whatsapp', attempt: 2 }]);
  });

  test('that the provider says never came, and then tells of, is settled by what it tells last', () => {
    const { state } = lookedUp({ known: 'no' });
    expect(state.steps[0]?.attempts[0]?.finalAt).toBe(START_AT + 400);
    const none = { reason: null, code: null, at: null, providerMessageId: null, costMicros: null };
    const sent = decide(state, { type: 'ReceiptArrived', ...AT, status: 'sent', ...none }, START_AT + 500).state;
    expect(sent.steps[0]?.attempts[0]).toMatchObject({ finalAt: null, reason: null });
    const told: Input = { type: 'ReceiptArrived', ...AT, status: 'delivered', ...none };
    expect(decide(sent, told, START_AT + 700).state.steps[0]?.attempts[0]?.finalAt).toBe(START_AT + 700);
  });

  test('waits out its timeout where the provider cannot tell', () => {
    const { state, events, commands } = lookedUp({ known: 'unknown' });
    expect([events, commands]).toEqual([[], []]);
    expect(state.steps[0]?.deadlineAt).toBe(START_AT + 1300);
  });
});

describe('a send that a host dropped', () => {
  test('is asked for again where the step waits for it after all', () => {
    const state = requested();
    expect(isWanted(state, 'whatsapp', 1)).toBe(true);
    const { events, commands } = decide(state, { type: 'SendDropped', ...AT }, START_AT);
    expect([events, commands]).toEqual([[], [{ type: 'Send', ...AT }]]);
  });

  test('does not hold up a step that backs off before its next attempt', () => {
    const none = { code: null, at: null, providerMessageId: null, costMicros: null };
    const early: Input = { type: 'ReceiptArrived', ...AT, status: 'failed', reason: 'rate_limited', ...none };
    const waiting = decide(requested(), early, START_AT + 10).state;
    const dropped = decide(waiting, { type: 'SendDropped', ...AT }, START_AT + 20).state;
    expect(decide(dropped, { type: 'TimerFired' }, START_AT + 600).commands).toEqual([
      { type: 'Send', step: 'whatsapp', attempt: 2 },
    ]);
  });
});
