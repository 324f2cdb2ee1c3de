import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { createRecentCount } from '../../api/recent-count';
import { composeProjector } from '../../cli/house/projection';
import { createRecentSends } from '../../providers/recent-sends';
import { liveSchema } from '../../schemas/live';
import { HOUSE_SECRET } from '../support/house';
import { until } from '../support/until';
import { type ApiUnderTest, expectProblem, INVOKE, must, PERSON, publishOtp, startApi } from './api-under-test';

const meets = addFormats(new Ajv({ strict: false, allowUnionTypes: true })).compile(liveSchema);

let api: ApiUnderTest;
let now: number;
beforeAll(async () => {
  now = Date.now();
  api = await startApi((deps) => ({ ...deps, now: () => now }));
  await publishOtp(api);
});
afterAll(() => api.close());

const live = async (query = '') => {
  // What was made up a second ago is answered again.
  now += 1000;
  const { body } = await must(api.call('GET', `/v1/live${query}`), 200);
  if (!meets(body)) throw new Error(JSON.stringify(meets.errors));
  return body;
};

async function project(): Promise<void> {
  const projector = await composeProjector({ dataFolder: api.house.folder, secret: HOUSE_SECRET, report: () => {} });
  while (await projector.step());
  await projector.close();
}

describe('GET /v1/live', () => {
  it('shows what runs by flow, rates, lag and what the accounts did', async () => {
    const start = (sandbox: object) => api.call('POST', `${INVOKE}?mode=test`, { body: { ...PERSON, sandbox } });
    await must(start({ whatsapp: 'silent', sms: 'silent' }), 202);
    await must(start({ whatsapp: 'silent', sms: 'silent' }), 202);
    await must(start({ whatsapp: 'delivered@1ms' }), 202);
    await must(start({ whatsapp: 'reject:landline', sms: 'delivered@1ms' }), 202);
    const ended = api.house.api.metrics.recent.ended.test;
    await until(() => ended.perSecond() >= 2 / 60, 'two ends');
    const before = await live('?mode=test');
    expect(before.lag.eventsBehind).toBeGreaterThan(0);
    expect(before.running).toEqual({ total: 0, byFlow: [] });
    await project();
    const after = await live('?mode=test');
    expect(after.lag).toEqual({ eventsBehind: 0, receiptsBehind: 0, oldestSeconds: null });
    expect(after.running.total).toBe(2);
    expect(after.running.byFlow).toEqual([
      { flowId: expect.stringMatching(/^flw_/), workflowId: 'wf_otp', name: 'OTP: WhatsApp, then SMS', running: 2 },
    ]);
    expect(after.rates).toMatchObject({
      invocationsPerSecond: 4 / 60,
      endedPerSecond: 2 / 60,
      callbacksPerSecond: null,
    });
    expect(after.rates.receiptsPerSecond).toBeGreaterThan(0);
    const sandbox = after.providers.find(({ account }: { account: string }) => account === 'pac_sandbox');
    expect(sandbox).toMatchObject({
      provider: 'sandbox',
      breaker: 'closed',
      failed: 1,
      lastFailure: { reason: 'landline' },
    });
    expect(sandbox.sent).toBeGreaterThanOrEqual(4);
    expect(after.deadLetters).toBe(0);
  });

  it('keeps the modes apart', async () => {
    const shown = await live();
    expect(shown).toMatchObject({ mode: 'live', running: { total: 0 }, rates: { invocationsPerSecond: 0 } });
    expectProblem(await api.call('GET', '/v1/live', { key: api.keys.test }), 403);
  });

  it('counts dead letters until they are given another try, and callbacks and their profiles', async () => {
    await api.house.log.append('onward.receipts', [{ key: 'x', value: 'not JSON' }]);
    const isDead = async () => (await live()).deadLetters === 1;
    await until(isDead, 'a dead letter');
    await must(api.call('POST', '/v1/receipts/dead/redrive'), 200);
    // It is no better now, and dead again.
    await until(isDead, 'the dead letter to come again');
    const body = { name: 'p', url: 'https://shop.example', enabled: false };
    await must(api.call('POST', '/v1/callback-profiles', { body }), 201);
    expect((await live()).callbacks).toEqual({ pending: 0, failing: 0, disabledProfiles: 1 });
  });

  it('has what follows the events once that has told of itself', async () => {
    api.house.followed({ callbacks: 120, lagSeconds: 3 });
    const { rates, lag } = await live();
    expect(rates.callbacksPerSecond).toBe(2);
    expect(lag.oldestSeconds).toBe(3);
  });
});

describe('a count of the last minute', () => {
  it('lets go of what is older, second by second', () => {
    let at = 1_000_000;
    const count = createRecentCount(() => at);
    count.add(30);
    at += 30_000;
    count.add(30);
    expect(count.perSecond()).toBe(1);
    at += 29_999;
    expect(count.perSecond()).toBe(1);
    at += 1;
    expect(count.perSecond()).toBe(0.5);
    at += 3_600_000;
    expect(count.perSecond()).toBe(0);
  });

  it('bears a clock that is set back', () => {
    let at = 1_000_000;
    const count = createRecentCount(() => at);
    count.add(60);
    at -= 500_000;
    count.add(60);
    expect(count.perSecond()).toBe(2);
  });
});

describe('what an account did lately', () => {
  const send = { provider: 'twilio', account: 'pac_1', reason: null, code: null, ms: 10 } as const;
  const accounts = [{ id: 'pac_1', provider: 'twilio' } as const];

  it('is counted over five minutes, with the latency of the slowest twentieth', () => {
    let at = 1_000_000;
    const sends = createRecentSends(() => at);
    for (let n = 0; n < 94; n++) sends.ended(send);
    for (let n = 0; n < 6; n++) sends.ended({ ...send, ms: 800, reason: 'rate_limited', code: '429' });
    const [health] = sends.of(accounts);
    expect(health).toMatchObject({ sent: 100, failed: 6, breaker: 'closed' });
    expect(health?.lastFailure).toEqual({ at, reason: 'rate_limited', code: '429' });
    expect(health?.p95Ms).toBeGreaterThanOrEqual(800);
    expect(health?.p95Ms).toBeLessThanOrEqual(1000);
    at += 300_000;
    expect(sends.of(accounts)).toEqual([
      { provider: 'twilio', account: 'pac_1', breaker: 'closed', sent: 0, failed: 0, p95Ms: null, lastFailure: null },
    ]);
  });

  it('has the circuit as it is, and forgets an account that is gone', () => {
    const sends = createRecentSends(() => 1_000_000);
    sends.ended(send);
    sends.circuit('pac_1', 'open');
    expect(sends.of(accounts)).toMatchObject([{ breaker: 'open', sent: 1 }]);
    sends.circuit('pac_1', null);
    expect(sends.of(accounts)).toMatchObject([{ breaker: 'closed', sent: 0 }]);
  });
});
