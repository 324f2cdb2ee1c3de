import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { decide } from '../../core/decide';
import { initialState } from '../../core/state';
import { acceptedView, invocationView } from '../../core/view';
import { invocationAcceptedSchema, invocationSchema } from '../../schemas/invocation';
import { SCENARIOS } from '../scenarios/all';
import { runOnCore, START_AT, testLadder } from '../scenarios/run-on-core';
import { flow, type Scenario, step } from '../scenarios/scenario';

const META = { id: 'inv_1', externalId: 'order-77', metadata: { cart: '9' }, createdAt: START_AT };
const ajv = addFormats(new Ajv({ strict: false }));

function scenario(title: string): Scenario {
  const found = SCENARIOS.find((one) => one.title.startsWith(title));
  if (!found) throw new Error(`no scenario “${title}”`);
  return found;
}

async function whys(title: string): Promise<(string | undefined)[]> {
  const { view } = await runOnCore(scenario(title));
  return view.attempts.map(({ why }) => why);
}

describe('the view of an invocation', () => {
  test('meets its schema, whatever happened', async () => {
    const meets = ajv.compile(invocationSchema);
    for (const one of SCENARIOS) {
      const { view } = await runOnCore(one);
      expect(meets(JSON.parse(JSON.stringify(view))) ? null : [one.title, meets.errors]).toBeNull();
    }
  });

  test('is running, with its links, from the first moment on', () => {
    const ladder = testLadder(flow([step('sms')]));
    const view = invocationView(initialState(ladder), META);
    expect(view).toMatchObject({
      status: 'running',
      endedAt: null,
      attempts: [],
      externalId: 'order-77',
      reachedStep: null,
    });
    expect(view.links).toEqual({
      self: '/v1/invocations/inv_1',
      events: '/v1/invocations/inv_1/events',
      stream: '/v1/invocations/inv_1/stream',
    });
  });

  test('shows what an attempt waits for while it runs', () => {
    const ladder = testLadder(flow([step('sms', { timeoutSeconds: 30 })]));
    const invoked = decide(
      initialState(ladder),
      { type: 'Invoked', unaddressable: [], timezone: null, sendAt: null },
      START_AT,
    );
    const accepted = {
      type: 'SendAccepted',
      step: 'sms',
      attempt: 1,
      providerMessageId: 'SM1',
      costMicros: 7000,
    } as const;
    const view = invocationView(decide(invoked.state, accepted, START_AT + 250).state, META);
    expect(view.attempts).toEqual([
      expect.objectContaining({
        status: 'accepted',
        providerMessageId: 'SM1',
        acceptedAt: '2026-11-21T10:00:00.250Z',
        deadlineAt: '2026-11-21T10:00:30.250Z',
        latencyMs: null,
        costMicros: 7000,
        why: 'SMS: accepted 10:00:00, waiting until 10:00:30.',
      }),
    ]);
  });

  test('counts the latency from acceptance to the receipt that settled it', async () => {
    const { view } = await runOnCore(scenario("a step's clock starts"));
    expect(view.attempts[0]).toMatchObject({ latencyMs: 700, finalAt: '2026-11-21T10:00:01.300Z' });
  });

  test('names the channel that reached the person first, not the one that came late', async () => {
    const { view } = await runOnCore(scenario('a late receipt after the end'));
    expect(view).toMatchObject({ reachedChannel: 'sms', reachedStep: 'sms', duplicate: true, costTwiceMicros: 35_500 });
  });

  test('tells what happened to each attempt and what came of it', async () => {
    expect(await whys('a late receipt after the end')).toEqual([
      'WhatsApp: accepted 10:00:00, no receipt by 10:00:01, so “sms” was sent; the receipt came late at 10:00:01, so the person was reached twice.',
      'SMS: accepted 10:00:01, delivered 10:00:01.',
    ]);
    expect(await whys('a late failure')).toEqual([
      'WhatsApp: accepted 10:00:00, no receipt by 10:00:01, so “sms” was sent; later it was undelivered, because the person could not be reached there.',
      'SMS: accepted 10:00:01, delivered 10:00:01.',
    ]);
    expect(await whys('a step that would pass the budget is skipped')).toContain(
      'SMS: not sent, because it would have passed the budget.',
    );
    expect(await whys('a message is taken back')).toContain(
      'RCS: accepted 10:00:00, no receipt by 10:00:01, taken back, so “sms” was sent.',
    );
    expect(await whys('a cancel stops what')).toEqual([
      'WhatsApp: accepted 10:00:00, then the invocation was cancelled.',
    ]);
  });
});

test('the answer to an invoke meets its schema', () => {
  const view = acceptedView(testLadder(flow([step('sms')])), { id: 'inv_1', externalId: null }, null);
  expect(ajv.compile(invocationAcceptedSchema)(view)).toBe(true);
  expect(view).toMatchObject({ status: 'running', flowVersion: 1, worstCase: { costMicros: 35_500, seconds: 1 } });
});
