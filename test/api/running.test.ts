import { EngineUnavailable } from '../../core/engine';
import { type ApiUnderTest, expectProblem, INVOKE, PERSON, publishOtp, startApi } from './api-under-test';

let api: ApiUnderTest;
let stopped: string | null = null;
let broken = false;
beforeAll(async () => {
  api = await startApi((deps) => ({
    ...deps,
    // A class keeps its methods on its prototype.
    engine: Object.assign(Object.create(deps.engine), {
      unavailable: () => stopped ?? deps.engine.unavailable(),
      start: (...run: Parameters<typeof deps.engine.start>) =>
        broken ? Promise.reject(new EngineUnavailable('the disk is full', 7)) : deps.engine.start(...run),
    }),
    store: {
      ...deps.store,
      consents: { ...deps.store.consents, list: () => Promise.reject(new Error('a fault about +393351234567')) },
    },
  }));
  await publishOtp(api);
});
afterAll(() => api.close());

it('lives and is ready', async () => {
  expect((await api.call('GET', '/healthz', { key: null })).body).toEqual({ status: 'ok', version: 'test' });
  expect((await api.call('GET', '/readyz', { key: null })).status).toBe(200);
});

it('is not ready while the engine takes no work, says why, and takes no invocation', async () => {
  stopped = 'the data folder cannot be written';
  const ready = await api.call('GET', '/readyz', { key: null });
  const invoked = await api.call('POST', INVOKE, { body: PERSON, key: api.keys.test });
  stopped = null;
  expectProblem(ready, 503);
  expect(ready.body.detail).toContain('the data folder cannot be written');
  expectProblem(invoked, 503);
  expect(invoked.headers.get('retry-after')).toBe('1');
});

it('answers 503 with when to come again where a start was refused', async () => {
  broken = true;
  const answer = await api.call('POST', INVOKE, { body: PERSON, key: api.keys.test });
  broken = false;
  expectProblem(answer, 503);
  expect(answer.headers.get('retry-after')).toBe('7');
});

it('a fault of ours is 500 without its inside, and is logged with the request ID', async () => {
  const answer = await api.call('GET', '/v1/consents?recipientId=ann', { headers: { 'x-request-id': 'find-me' } });
  expectProblem(answer, 500);
  expect(answer.text).not.toContain('fault about');
  expect(answer.body.hint).toContain('find-me');
  expect(api.errors.join()).toContain('find-me');
});

it('counts requests by route and status, invocations and receipts', async () => {
  await api.call('POST', INVOKE, { body: PERSON, key: api.keys.test });
  const { text, headers } = await api.call('GET', '/metrics', { key: null });
  expect(headers.get('content-type')).toContain('text/plain');
  expect(text).toMatch(
    /onward_http_requests_total\{method="POST",route="\/v1\/workflows\/\{workflowId\}\/invocations",status="202"\} 1/,
  );
  expect(text).toMatch(/onward_invocations_started_total\{mode="test"\} 1/);
  expect(text).toContain('process_cpu_seconds_total');
});

describe('the page at /docs', () => {
  it('asks for nothing from elsewhere and has no script in it', async () => {
    const page = await api.call('GET', '/docs', { key: null });
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(page.text).not.toMatch(/https?:/);
    expect(page.text).not.toMatch(/<script>|\son\w+=/);
    for (const [, path] of page.text.matchAll(/(?:src|href)="([^"]+)"/g)) {
      const asset = await fetch(api.url + path);
      expect([path, asset.status]).toEqual([path, 200]);
      await asset.arrayBuffer();
    }
  });

  it('serves no other file of the package or of the machine', async () => {
    for (const file of ['package.json', 'index.js', '..%2f..%2fpackage.json', 'constructor']) {
      expectProblem(await api.call('GET', `/docs/${file}`, { key: null }), 404);
    }
  });
});

it('what was recorded and perhaps not started is started under the same ID when it comes again with its key', async () => {
  const request = { body: PERSON, key: api.keys.test, headers: { 'idempotency-key': 'unheard' } };
  broken = true;
  const refused = await api.call('POST', INVOKE, request);
  const refusedAgain = await api.call('POST', INVOKE, request);
  broken = false;
  const answered = await api.call('POST', INVOKE, { ...request, headers: { ...request.headers, prefer: 'wait=5' } });
  const again = await api.call('POST', INVOKE, request);
  expect([refused.status, refusedAgain.status, answered.status, again.status]).toEqual([503, 503, 200, 202]);
  expect(again.body.id).toBe(answered.body.id);
  expect(answered.body.status).toBe('succeeded');
  expect(await api.house.api.sandbox.messages(answered.body.id)).toHaveLength(1);
});
