import { createActivities } from '../../activities/activities';
import type { AttemptJob } from '../../core/job';
import { compileLadder, routeAt, sendRungOf } from '../../core/ladder';
import { NO_PRICES } from '../../core/prices';
import type { ProviderAdapter, SendAnswer } from '../../providers/contract';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { fixedRegistry } from '../../providers/registry';
import { createReferences } from '../../receipts/reference';
import type { Mode } from '../../schemas/vocabulary';
import type { InvocationRecord, Store } from '../../store/contract';

/** What a provider was asked. */
const asked: string[] = [];
let answer: unknown = null;
const adapter: ProviderAdapter = {
  facts: PROVIDER_CATALOG.twilio,
  async send({ content }) {
    asked.push(`send ${content.text}`);
    return (answer ?? { outcome: 'accepted', providerMessageId: 'm', costMicros: 1 }) as SendAnswer;
  },
  async lookup() {
    asked.push('lookup');
    return { known: 'no' };
  },
  async recall() {
    asked.push('recall');
    return { outcome: 'confirmed' };
  },
};
beforeEach(() => {
  asked.length = 0;
  answer = null;
});

function activitiesFor(text: string, variables: Record<string, unknown>) {
  const record = { mode: 'live', recipient: { phone: '+393351234567' }, variables } as unknown as InvocationRecord;
  const store = {
    records: { get: async () => record },
    templates: { get: async () => ({ status: 'approved', channel: 'sms', content: { text } }) },
    suppressions: { find: async () => null },
  } as unknown as Pick<Store, 'records' | 'templates' | 'suppressions' | 'consents'>;
  return createActivities({
    providers: fixedRegistry([{ id: 'pac_1', provider: 'twilio', isDefault: true, adapter, perSecond: null }]),
    store,
    references: createReferences('a secret of this test'),
    prices: { current: () => NO_PRICES, changed() {} },
    sendTimeoutMs: 1000,
    clock: Date.now,
    onFault: (message) => asked.push(message),
  });
}

/** Of a flow that is live, carried out in `mode`. */
function jobIn(mode: Mode): AttemptJob {
  const step = { name: 'one', channel: 'sms', provider: 'twilio', template: 'tpl_1', timeoutSeconds: 30 } as const;
  const identity = { flowId: 'f', workflowId: 'w', version: 1, mode: 'live' } as const;
  const flow = compileLadder({ name: 'f', purpose: 'otp', steps: [step] }, identity, PROVIDER_CATALOG);
  const rung = sendRungOf(flow, 0);
  if (!rung) throw new Error('no step');
  const invocationId = 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH';
  return { invocationId, flow: { ...flow, mode }, rung, route: routeAt(rung, 0), attempt: 1, providerMessageId: 'm' };
}

test('a list with a null in it is sent like any other', async () => {
  const activities = activitiesFor('{{#items}}({{n}}){{/items}}', { items: [null, { n: 1 }] });
  expect(await activities.send(jobIn('live'), { maybeSent: false })).toMatchObject({ type: 'SendAccepted' });
  expect(asked).toEqual(['send ()(1)']);
});

test('a text that grows without end is refused, and never sent', async () => {
  const activities = activitiesFor(`${'{{#a}}'.repeat(12)}x${'{{/a}}'.repeat(12)}`, { a: Array(50).fill(1) });
  const input = await activities.send(jobIn('live'), { maybeSent: false });
  expect(input).toMatchObject({ type: 'SendRejected', reason: 'content_rejected', code: 'too_long' });
  expect(asked).toEqual([]);
});

test('a test reaches no real provider, even where its job names one', async () => {
  const activities = activitiesFor('hi', {});
  const job = jobIn('test');
  expect(await activities.send(job, { maybeSent: false })).toMatchObject({ type: 'SendRejected', code: 'no_account' });
  expect(await activities.send(job, { maybeSent: true })).not.toMatchObject({ type: 'SendAccepted' });
  expect(await activities.lookup(job)).toMatchObject({ outcome: { known: 'unknown' } });
  expect(await activities.recall(job)).toMatchObject({ type: 'RecallFailed' });
  expect(asked).toEqual([]);
});

test.each<[string, object, object]>([
  ['no ID', { providerMessageId: undefined, costMicros: undefined }, { providerMessageId: null, costMicros: null }],
  ['a number for an ID', { providerMessageId: 7, costMicros: 0.5 }, { providerMessageId: null, costMicros: null }],
  ['an ID without end', { providerMessageId: 'x'.repeat(1e6), costMicros: -1 }, { providerMessageId: null }],
  ['an ID as receipts have it', { providerMessageId: 'x'.repeat(200), costMicros: 0 }, { costMicros: 0 }],
])('of an accepted message %s is kept only as an event can hold it', async (_name, given, kept) => {
  answer = { outcome: 'accepted', ...given };
  const input = await activitiesFor('hi', {}).send(jobIn('live'), { maybeSent: false });
  expect(input).toMatchObject({ type: 'SendAccepted', ...kept });
});

test('a code without end is cut off', async () => {
  answer = { outcome: 'rejected', reason: 'unknown', code: '9'.repeat(1e6), retryAfterMs: null };
  const input = await activitiesFor('hi', {}).send(jobIn('live'), { maybeSent: false });
  expect(input).toMatchObject({ type: 'SendRejected', code: '9'.repeat(64) });
});
