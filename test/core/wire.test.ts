import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { decide } from '../../core/decide';
import type { Event } from '../../core/event';
import type { Input } from '../../core/input';
import { initialState } from '../../core/state';
import { becauseOf } from '../../core/why';
import { fromWire, toWire } from '../../core/wire';
import { eventSchema } from '../../schemas/event';
import { EVENT_TYPES } from '../../schemas/vocabulary';
import { SCENARIOS } from '../scenarios/all';
import { liveLadder, runOnCore, testLadder } from '../scenarios/run-on-core';
import { flow, parallel, step } from '../scenarios/scenario';

const AT = Date.parse('2026-11-21T10:00:00.123Z');
const LADDER = testLadder(
  flow([step('sms', { timeoutSeconds: 30, onReason: { unreachable: 'stop' } }), parallel('any', [[step('email')]])]),
);

const ajv = addFormats(new Ajv({ strict: false }));
const isWireEvent = ajv.compile(eventSchema);

async function everyEvent(): Promise<Event[]> {
  const outcomes = await Promise.all(SCENARIOS.map((scenario) => runOnCore(scenario)));
  return [...outcomes.flatMap(({ events }) => events), ...reconciled()];
}

/** What the sandbox has no part in: a second provider, an account, a recipient's own costs, a provider that is asked. */
function reconciled(): Event[] {
  const ladder = liveLadder(flow([step('sms', { provider: ['http', 'twilio:pac_eu'] })]));
  const placed = { step: 'sms', attempt: 1 };
  const inputs: [Input, number][] = [
    [{ type: 'Invoked', unaddressable: [], timezone: null, sendAt: null, costs: [41_000], country: 'IT' }, AT],
    [{ type: 'SendRejected', ...placed, reason: 'auth_failed', code: '20003', retryAfterMs: null }, AT],
    [{ type: 'SendAccepted', ...placed, attempt: 2, providerMessageId: 'SM1', costMicros: null }, AT],
    [{ type: 'TimerFired' }, AT + 1_000],
  ];
  const events: Event[] = [];
  let state = initialState(ladder);
  for (const [input, now] of inputs) {
    const decision = decide(state, input, now);
    state = decision.state;
    events.push(...decision.events);
  }
  return events;
}

describe('an event on the wire', () => {
  test('comes back as it was, whatever its type', async () => {
    const events = await everyEvent();
    for (const event of events) expect(fromWire(toWire(event))).toEqual(event);
    expect(new Set(events.map(({ type }) => type))).toEqual(new Set(EVENT_TYPES));
  });

  test('survives JSON, and meets its schema', async () => {
    for (const event of await everyEvent()) {
      const wire = JSON.parse(JSON.stringify(toWire(event)));
      expect(isWireEvent(wire) ? null : [wire, isWireEvent.errors]).toBeNull();
      expect(fromWire(wire)).toEqual(event);
    }
  });

  test('has its times as RFC 3339 with milliseconds', () => {
    const wire = toWire({ seq: 1, type: 'StepTimedOut', at: AT, step: 'sms', deadlineAt: AT - 123 });
    expect(wire).toMatchObject({ at: '2026-11-21T10:00:00.123Z', deadlineAt: '2026-11-21T10:00:00.000Z' });
  });

  test('keeps the times of one moment apart from those of the same place in the cache', () => {
    for (const at of [AT, AT + 64, AT, AT + 128]) {
      expect(toWire({ seq: 1, type: 'InvocationCancelled', at }).at).toBe(new Date(at).toISOString());
    }
  });

  test('leaves out what is not there', () => {
    const wire = toWire({ seq: 1, type: 'StepSucceeded', at: AT, step: 'sms', attempt: undefined });
    expect(Object.keys(wire)).not.toContain('attempt');
  });
});

describe('why', () => {
  test.each<[string, Event, string]>([
    [
      'a timeout names criterion, deadline and seconds',
      { seq: 1, type: 'StepTimedOut', at: AT, step: 'sms', deadlineAt: AT },
      'No receipt that says “delivered” came by the deadline 2026-11-21T10:00:00.123Z, 30 s after acceptance.',
    ],
    [
      'the timeout of a parallel step counts from its start',
      { seq: 1, type: 'StepTimedOut', at: AT, step: 'both', deadlineAt: AT },
      'No success that the step requires came by the deadline 2026-11-21T10:00:00.123Z, 2 s after its start.',
    ],
    [
      "a failure names the provider's code and the step's own rule",
      {
        seq: 1,
        type: 'StepFailed',
        at: AT,
        step: 'sms',
        attempt: 1,
        reason: 'unreachable',
        code: '30003',
        action: 'stop',
      },
      'The provider said unreachable (30003); rule: unreachable -> stop the flow, as the step says.',
    ],
    [
      'a failure without retries left says so',
      { seq: 1, type: 'StepFailed', at: AT, step: 'sms', attempt: 3, reason: 'rate_limited', action: 'advance' },
      'The provider said rate_limited; rule: rate_limited -> go on, since its retries are used up.',
    ],
    [
      'an advance names both steps',
      { seq: 1, type: 'LadderAdvanced', at: AT, step: 'sms', nextStep: 'both', reason: 'timeout' },
      '“sms” was left because no receipt came in time; next is “both”.',
    ],
    [
      'a retry says when',
      { seq: 1, type: 'StepDeferred', at: AT, step: 'sms', reason: 'rate_limited', until: AT + 877 },
      'The provider asked us to slow down (rate_limited); it is tried again at 2026-11-21T10:00:01.000Z.',
    ],
    [
      'a skip says which gate',
      { seq: 1, type: 'StepSkipped', at: AT, step: 'sms', reason: 'suppressed' },
      'The address is suppressed.',
    ],
    [
      'a complete is the customer’s word',
      { seq: 1, type: 'InvocationSucceeded', at: AT },
      'The customer said that it is done.',
    ],
  ])('%s', (_title, event, sentence) => {
    expect(becauseOf(event, LADDER)).toBe(sentence);
    expect(toWire(event, LADDER).because).toBe(sentence);
  });

  test('every decision has a sentence, with the ladder and without', async () => {
    const plain = new Set([
      'InvocationStarted',
      'StepStarted',
      'AttemptRequested',
      'AttemptAccepted',
      'AttemptRejected',
    ]);
    for (const event of await everyEvent()) {
      if (plain.has(event.type) || event.type === 'ReceiptRecorded') continue;
      expect(becauseOf(event)).toMatch(/^[A-Z“].*\.$/);
    }
  });
});
