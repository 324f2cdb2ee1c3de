import { decide } from '../../core/decide';
import type { Event } from '../../core/event';
import type { Input } from '../../core/input';
import type { Ladder, Rung } from '../../core/ladder';
import { initialState, type State } from '../../core/state';
import { invocationView } from '../../core/view';
import type { Reason } from '../../schemas/vocabulary';
import { liveLadder, START_AT, testLadder } from '../scenarios/run-on-core';
import { flow, step } from '../scenarios/scenario';

const INVOKED: Input = { type: 'Invoked', unaddressable: [], timezone: null, sendAt: null };

/** Takes inputs one after the other, each a second after the one before unless it says when. */
function play(ladder: Ladder, inputs: readonly (Input | { afterMs: number; input: Input })[]) {
  let state: State = initialState(ladder);
  let now = START_AT;
  const events: Event[] = [];
  const commands: string[] = [];
  for (const one of [INVOKED, ...inputs]) {
    now += 'input' in one ? one.afterMs : 0;
    const decision = decide(state, 'input' in one ? one.input : one, now);
    state = decision.state;
    events.push(...decision.events);
    commands.push(...decision.commands.map(({ type, step }) => `${type} ${step}`));
  }
  return { state, events, commands, types: events.map(({ type }) => type) };
}

const rejected = (attempt: number, reason: Reason): Input => ({
  type: 'SendRejected',
  step: 'sms',
  attempt,
  reason,
  code: 'c1',
  retryAfterMs: null,
});
const accepted = (attempt: number, step = 'sms'): Input => ({
  type: 'SendAccepted',
  step,
  attempt,
  providerMessageId: `m${attempt}`,
  costMicros: null,
});
const providersOf = (events: readonly Event[]) =>
  events.flatMap((event) =>
    event.type === 'AttemptRequested' ? [`${event.provider}${event.account ? `:${event.account}` : ''}`] : [],
  );

describe('several providers for a step', () => {
  const ladder = liveLadder(flow([step('sms', { provider: ['twilio:pac_eu', 'solapi', 'http'] }), step('email')]));

  test('where one surely did not send, the next takes over at once, and the step goes on', () => {
    const { state, events } = play(ladder, [rejected(1, 'provider_unavailable'), accepted(2)]);
    expect(providersOf(events)).toEqual(['twilio:pac_eu', 'solapi']);
    expect(state.steps[0]).toMatchObject({ phase: 'running' });
    const view = invocationView(state, { id: 'inv_1', externalId: null, metadata: null, createdAt: START_AT });
    expect(view.attempts.map(({ provider, status }) => `${provider} ${status}`)).toEqual([
      'twilio rejected',
      'solapi accepted',
    ]);
    expect(view.attempts[0]?.why).toBe('SMS: refused, because the provider was away (c1), so solapi took over.');
  });

  test.each<Reason>(['auth_failed', 'insufficient_funds', 'rate_limited', 'provider_rejected', 'unknown'])(
    'a failure that lies with the provider is not the next one’s: %s',
    (reason) => {
      expect(providersOf(play(ladder, [rejected(1, reason)]).events)).toEqual(['twilio:pac_eu', 'solapi']);
    },
  );

  test.each<Reason>(['invalid_address', 'opted_out', 'landline', 'content_rejected', 'blocked', 'unregistered'])(
    'what lies with the person or the message would be the same with any provider: %s moves on to the next channel',
    (reason) => {
      const { events } = play(ladder, [rejected(1, reason)]);
      expect(providersOf(events)).toEqual(['twilio:pac_eu', 'sandbox']);
      expect(events.some((event) => event.type === 'LadderAdvanced' && event.nextStep === 'email')).toBe(true);
    },
  );

  test('a send that may have arrived is nobody else’s: an uncertain one keeps its provider', () => {
    const { events, commands } = play(ladder, [{ type: 'SendUncertain', step: 'sms', attempt: 1 }]);
    expect(providersOf(events)).toEqual(['twilio:pac_eu']);
    expect(commands).toEqual(['Send sms', 'Lookup sms']);
  });

  test('a receipt that says it failed moves on to the next channel and not to the next provider', () => {
    const { events } = play(ladder, [
      accepted(1),
      {
        type: 'ReceiptArrived',
        step: 'sms',
        attempt: 1,
        status: 'failed',
        reason: 'provider_rejected',
        code: null,
        at: null,
        providerMessageId: null,
        costMicros: null,
      },
    ]);
    expect(providersOf(events)).toEqual(['twilio:pac_eu', 'sandbox']);
  });

  test('when all have failed the step fails by the last one’s reason, and a retry begins with the first again', () => {
    const all: Input[] = [rejected(1, 'auth_failed'), rejected(2, 'insufficient_funds'), rejected(3, 'auth_failed')];
    expect(play(ladder, all).events.find(({ type }) => type === 'StepFailed')).toMatchObject({
      attempt: 3,
      reason: 'auth_failed',
    });
    const away: Input[] = [1, 2, 3].map((attempt) => rejected(attempt, 'provider_unavailable'));
    const { events } = play(ladder, [...away, { afterMs: 30_000, input: { type: 'TimerFired' } }]);
    // The step's own second is too short for another round.
    expect(providersOf(events)).toEqual(['twilio:pac_eu', 'solapi', 'http', 'sandbox']);
    const patient = liveLadder(flow([step('sms', { provider: ['twilio', 'solapi'], timeoutSeconds: 60 })]));
    const again = play(patient, [
      rejected(1, 'provider_unavailable'),
      rejected(2, 'provider_unavailable'),
      { afterMs: 5_000, input: { type: 'TimerFired' } },
    ]);
    expect(providersOf(again.events)).toEqual(['twilio', 'solapi', 'twilio']);
  });

  test('another round begins with the first provider, which is told as a retry and not as one taking over', () => {
    const patient = liveLadder(flow([step('sms', { provider: ['twilio', 'solapi'], timeoutSeconds: 60 })]));
    const { state } = play(patient, [
      rejected(1, 'provider_unavailable'),
      rejected(2, 'provider_unavailable'),
      { afterMs: 5_000, input: { type: 'TimerFired' } },
    ]);
    const view = invocationView(state, { id: 'inv_1', externalId: null, metadata: null, createdAt: START_AT });
    expect(view.attempts.map(({ why }) => why?.split(', so ')[1])).toEqual([
      'solapi took over.',
      'it was tried again.',
      undefined,
    ]);
  });

  const delivered = (attempt: number): Input => ({
    type: 'ReceiptArrived',
    step: 'sms',
    attempt,
    status: 'delivered',
    reason: null,
    code: null,
    at: null,
    providerMessageId: null,
    costMicros: null,
  });

  test('a message counts what its own provider is reckoned at, not the dearest of the step', () => {
    const cheap = ladder.rungs.map((rung): Rung => {
      if (rung.kind !== 'send') return rung;
      return { ...rung, routes: rung.routes.map((route, n) => (n === 1 ? { ...route, costMicros: 8_000 } : route)) };
    });
    const priced = { ...ladder, rungs: cheap };
    const uncertain: Input = { type: 'SendUncertain', step: 'sms', attempt: 2 };
    expect(play(priced, [accepted(1)]).state.costMicros).toBe(35_500);
    expect(play(priced, [rejected(1, 'auth_failed'), accepted(2)]).state.costMicros).toBe(8_000);
    expect(play(priced, [rejected(1, 'auth_failed'), uncertain, delivered(2)]).state.costMicros).toBe(8_000);
  });

  test.each<[string, Input[]]>([
    ['before the second’s', [delivered(1), delivered(2)]],
    ['after the second’s', [delivered(2), delivered(1)]],
  ])(
    'a provider that refused and delivered all the same is billed, and a duplicate: its receipt %s',
    (_when, receipts) => {
      const { state, types } = play(ladder, [rejected(1, 'provider_unavailable'), accepted(2), ...receipts]);
      const costs = state.steps[0]?.attempts.map(({ costMicros }) => costMicros) ?? [];
      expect(costs.every((micros) => micros > 0)).toBe(true);
      expect(state).toMatchObject({
        status: 'succeeded',
        duplicate: true,
        costMicros: (costs[0] ?? 0) + (costs[1] ?? 0),
      });
      expect(state.costTwiceMicros).toBeGreaterThan(0);
      expect(types).toContain('DuplicateDetected');
    },
  );

  test('in test mode the sandbox alone carries it, whoever is named', () => {
    const test = testLadder(flow([step('sms', { provider: ['twilio', 'solapi'] })]));
    expect(providersOf(play(test, []).events)).toEqual(['sandbox']);
  });
});

describe('a provider that can be asked is asked before a timeout moves on', () => {
  const ladder = liveLadder(flow([step('sms', { provider: 'twilio' }), step('email')]));
  const timedOut: (Input | { afterMs: number; input: Input })[] = [
    accepted(1),
    { afterMs: 1_000, input: { type: 'TimerFired' } },
  ];
  const says = (outcome: Extract<Input, { type: 'LookupAnswered' }>['outcome'], attempt = 1): Input => ({
    type: 'LookupAnswered',
    step: 'sms',
    attempt,
    outcome,
  });
  const yes = { known: 'yes', providerMessageId: 'm1', costMicros: 41_000 } as const;

  test('it is asked once, and nothing is sent meanwhile', () => {
    const { types, commands, state } = play(ladder, timedOut);
    expect(types.slice(-1)).toEqual(['ReconcileRequested']);
    expect(commands).toEqual(['Send sms', 'Lookup sms']);
    expect(state.steps[0]).toMatchObject({ phase: 'reconciling', until: START_AT + 1_000 + 2_000 });
  });

  test('a lost receipt costs no second message: what the provider says counts as in time', () => {
    const news = { status: 'delivered', reason: null, code: null, at: START_AT + 400 } as const;
    const { state, events, types } = play(ladder, [...timedOut, says({ ...yes, news })]);
    expect(types.slice(-3)).toEqual(['ReceiptRecorded', 'StepSucceeded', 'InvocationSucceeded']);
    expect(providersOf(events)).toEqual(['twilio']);
    expect(state).toMatchObject({ status: 'succeeded', costMicros: 41_000, duplicate: false });
    expect(state.steps[0]?.attempts[0]).toMatchObject({ late: false, reachedAt: START_AT + 400 });
  });

  test('a failure that it tells is the step’s failure, with its reason', () => {
    const news = { status: 'undelivered', reason: 'unreachable', code: '30003', at: null } as const;
    const { events } = play(ladder, [...timedOut, says({ ...yes, news })]);
    expect(events.find(({ type }) => type === 'StepFailed')).toMatchObject({ reason: 'unreachable', code: '30003' });
    expect(providersOf(events)).toEqual(['twilio', 'sandbox']);
  });

  test.each([
    ['it is still on its way', says(yes)],
    ['it has only been sent', says({ ...yes, news: { status: 'sent', reason: null, code: null, at: null } })],
    ['it cannot tell', says({ known: 'unknown' })],
  ])('where %s, the step times out and the ladder goes on', (_what, answer) => {
    const { events, types } = play(ladder, [...timedOut, answer]);
    expect(types).toContain('StepTimedOut');
    expect(providersOf(events)).toEqual(['twilio', 'sandbox']);
  });

  test('one that does not answer within 2 s holds nothing up, and its answer is not lost afterwards', () => {
    const silent = [...timedOut, { afterMs: 2_000, input: { type: 'TimerFired' } as const }];
    const { types, events } = play(ladder, silent);
    expect(types).toContain('StepTimedOut');
    expect(providersOf(events)).toEqual(['twilio', 'sandbox']);
    const news = { status: 'delivered', reason: null, code: null, at: START_AT + 900 } as const;
    const after = play(ladder, [...silent, accepted(1, 'email'), says({ ...yes, news })]);
    expect(after.types).toContain('LateReceiptRecorded');
    expect(after.state).toMatchObject({ status: 'succeeded', reachedStep: 0 });
  });

  test('a webhook that comes while it is asked counts as in time', () => {
    const { types, state } = play(ladder, [
      ...timedOut,
      {
        type: 'ReceiptArrived',
        step: 'sms',
        attempt: 1,
        status: 'delivered',
        reason: null,
        code: null,
        at: null,
        providerMessageId: null,
        costMicros: null,
      },
      says({ known: 'unknown' }),
    ]);
    expect(state.status).toBe('succeeded');
    expect(types).not.toContain('StepTimedOut');
  });

  test('a send that was never answered is asked about when it happens and once more at the deadline', () => {
    const { commands, state } = play(ladder, [
      { type: 'SendUncertain', step: 'sms', attempt: 1 },
      says({ known: 'unknown' }),
      { afterMs: 1_000, input: { type: 'TimerFired' } },
      says({ ...yes, news: { status: 'delivered', reason: null, code: null, at: START_AT + 500 } }),
    ]);
    expect(commands).toEqual(['Send sms', 'Lookup sms', 'Lookup sms']);
    expect(state).toMatchObject({ status: 'succeeded', reachedStep: 0 });
  });

  const unanswered: (Input | { afterMs: number; input: Input })[] = [
    { type: 'SendUncertain', step: 'sms', attempt: 1 },
    says({ known: 'unknown' }),
    { afterMs: 1_000, input: { type: 'TimerFired' } },
  ];

  test('where to be taken is enough, one that says it has the message has met the criterion: no second one is sent', () => {
    const easy = liveLadder(flow([step('sms', { provider: 'twilio', successOn: 'accepted' }), step('email')]));
    const { state, events } = play(easy, [...unanswered, says(yes)]);
    expect(state.status).toBe('succeeded');
    expect(providersOf(events)).toEqual(['twilio']);
  });

  test('one that says it refused the message: the step fails by its reason, and what that asks for is done', () => {
    const { events, commands } = play(ladder, [
      ...unanswered,
      says({ known: 'rejected', reason: 'opted_out', code: '21610' }),
    ]);
    expect(events.find(({ type }) => type === 'StepFailed')).toMatchObject({ reason: 'opted_out', code: '21610' });
    expect(events.map(({ type }) => type)).not.toContain('StepTimedOut');
    expect(commands).toContain('SuppressAddress sms');
  });

  test('one that says it never had the message is not asked to take it back, nor does another provider get it so late', () => {
    const two = liveLadder(flow([step('sms', { provider: ['twilio', 'http'] }), step('email')]));
    const recalling = {
      ...two,
      rungs: two.rungs.map((rung): Rung => {
        if (rung.kind !== 'send') return rung;
        return { ...rung, routes: rung.routes.map((route) => ({ ...route, recall: true })) };
      }),
    };
    const { events, commands } = play(recalling, [...unanswered, says({ known: 'no' })]);
    expect(commands).not.toContain('Recall sms');
    expect(providersOf(events)).toEqual(['twilio', 'sandbox']);
    expect(events.findLast(({ type }) => type === 'AttemptRequested')).not.toHaveProperty('duplicateRisk');
  });

  test('while it is asked, the history says so', () => {
    const { state } = play(ladder, timedOut);
    const view = invocationView(state, { id: 'inv_1', externalId: null, metadata: null, createdAt: START_AT });
    expect(view.attempts[0]?.why).toBe('SMS: accepted 10:00:00, no receipt by 10:00:01, being asked about.');
  });

  test('one that cannot be asked is not', () => {
    const fcm = liveLadder(flow([{ ...step('push', { provider: 'fcm' }), name: 'sms' }, step('email')]));
    expect(play(fcm, timedOut).types).not.toContain('ReconcileRequested');
  });
});

test('what is reckoned for a recipient goes before what the ladder reckons, in the budget and where nothing is billed', () => {
  const budget = { maxCostMicros: 50_000, currency: 'EUR', onExceeded: 'skip_step' } as const;
  const ladder = liveLadder(flow([step('sms', { provider: 'twilio' }), step('email')], { budget }));
  const invoked: Input = { ...INVOKED, costs: [60_000, 400] };
  const decision = decide(initialState(ladder), invoked, START_AT);
  expect(decision.events.map(({ type }) => type)).toContain('BudgetReached');
  const cheap = decide(initialState(ladder), { ...INVOKED, costs: [20_000, 400] }, START_AT);
  const { state } = decide(cheap.state, accepted(1), START_AT);
  expect(state.costMicros).toBe(20_000);
});
