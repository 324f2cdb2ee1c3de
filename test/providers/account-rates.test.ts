import { type ApiUnderTest, must, startApi } from '../api/api-under-test';
import { openHttpGateway } from '../stand-ins/http-gateway';
import type { StandIn } from '../stand-ins/stand-in';
import { until } from '../support/until';

const PER_SECOND = 50;
/** What may begin in one go (embedded/lanes.ts), and the one that the first moment allows. */
const BURST = 4;
const SENDS = { limited: 400, free: 200 };

let api: ApiUnderTest;
const standIns: StandIn[] = [];

beforeAll(async () => {
  api = await startApi();
  const template = { id: 'tpl_rate', name: 'rate', channel: 'sms', content: { text: 'Your code is {{code}}.' } };
  await must(api.call('POST', '/v1/templates', { body: template }), 201);
});
afterAll(async () => {
  await api?.close();
  for (const standIn of standIns) await standIn.close();
});

/** A flow of one step through a gateway of its own; when each of its messages arrived there. */
async function flowThrough(name: string, perSecond: number | null) {
  const standIn = await openHttpGateway({ webhookUrl: '' });
  standIns.push(standIn);
  const arrivals: number[] = [];
  standIn.beforeAnswer = async () => void arrivals.push(performance.now());
  const account = { name, provider: 'http', perSecond, ...standIn.account };
  const { id } = (await must(api.call('POST', '/v1/provider-accounts', { body: account }), 201)).body;
  const step = { name: 'sms', channel: 'sms', provider: `http:${id}`, template: 'tpl_rate', timeoutSeconds: 60 };
  const variables = { type: 'object', required: ['code'], properties: { code: { type: 'string', maxLength: 8 } } };
  const flow = {
    workflowId: `wf_${name}`,
    name,
    purpose: 'otp',
    variables,
    steps: [{ ...step, successOn: 'accepted' }],
  };
  await must(api.call('POST', '/v1/flows', { body: flow }), 201);
  await must(api.call('POST', `/v1/flows/wf_${name}/publish`, { body: {} }), 200);
  return { workflowId: flow.workflowId, arrivals };
}

async function invoke(workflowId: string, count: number): Promise<void> {
  const person = { recipient: { phone: '+393351234567' }, variables: { code: '1' } };
  const body = Array.from({ length: count }, () => person);
  const path = `/v1/workflows/${workflowId}/invocations/batch`;
  await must(api.call('POST', path, { body, key: api.keys.live }), 202);
}

test('400 sends at once through an account of 50 a second keep to it, and no other account waits for them', async () => {
  const limited = await flowThrough('limited', PER_SECOND);
  const free = await flowThrough('free', null);
  const startedAt = performance.now();
  await invoke(limited.workflowId, SENDS.limited);
  await invoke(free.workflowId, SENDS.free);
  const all = () => limited.arrivals.length === SENDS.limited && free.arrivals.length === SENDS.free;
  await until(all, 'all are sent', 40_000);
  // Invoked after them, and through before them: even where the machine itself takes seconds for 200 sends.
  expect(free.arrivals[SENDS.free / 2]).toBeLessThan(Math.max(...limited.arrivals));
  // None before its turn: what a busy machine delays may arrive together, but the rate never runs ahead of the clock.
  const early = limited.arrivals.filter((at, n) => at - startedAt < ((n - BURST) * 1_000) / PER_SECOND);
  expect(early).toEqual([]);
}, 60_000);
