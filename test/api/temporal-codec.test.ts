import { defaultPayloadConverter } from '@temporalio/common';
import { createPayloadCodec } from '../../temporal/codec';
import { codecEndpointOf, codecToken, createCodecService } from '../../temporal/codec-endpoint';
import type { JsonPayload } from '../../temporal/contract';
import { type ApiUnderTest, expectProblem, pointers, startApi } from './api-under-test';

const SECRET = 'a secret for the codec endpoint';
const TOKEN = codecToken(SECRET);
const PATH = `/v1/temporal-codec/${TOKEN}`;
const codec = createPayloadCodec(SECRET);

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi((deps) => ({ ...deps, temporalCodec: createCodecService(codec, SECRET) }));
});
afterAll(() => api.close());

const ask = (path: string, body: unknown, headers: Record<string, string> = {}) =>
  api.call('POST', path, { key: null, body, headers: { 'x-namespace': 'default', ...headers } });

/** As the Temporal UI holds it. */
async function sealed(value: unknown, by = codec): Promise<JsonPayload> {
  const [payload] = await by.encode([defaultPayloadConverter.toPayload(value)]);
  const base64 = (bytes: Uint8Array | null | undefined) => Buffer.from(bytes ?? []).toString('base64');
  const metadata = Object.entries(payload?.metadata ?? {}).map(([name, bytes]) => [name, base64(bytes)]);
  return { metadata: Object.fromEntries(metadata), data: base64(payload?.data) };
}

const plain = (value: unknown): JsonPayload => ({
  metadata: { encoding: Buffer.from('json/plain').toString('base64') },
  data: Buffer.from(JSON.stringify(value)).toString('base64'),
});

describe('the codec endpoint', () => {
  it('decodes what the engine encoded, in its order, beside what was never encoded', async () => {
    const external = { ...plain('elsewhere'), externalPayloads: [{ sizeBytes: '7' }] };
    const payloads = [await sealed({ flow: 'wf_otp' }), external, await sealed('second')];
    const answer = await ask(`${PATH}/decode`, { payloads });
    expect([answer.status, answer.body]).toEqual([
      200,
      { payloads: [plain({ flow: 'wf_otp' }), external, plain('second')] },
    ]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('encodes what the engine then decodes', async () => {
    const encoded = await ask(`${PATH}/encode`, { payloads: [plain('wf_otp')] });
    expect(encoded.status).toBe(200);
    expect(encoded.text).not.toContain(plain('wf_otp').data);
    expect((await ask(`${PATH}/decode`, encoded.body)).body).toEqual({ payloads: [plain('wf_otp')] });
  });

  it('reads base64 in the alphabet for URLs and without padding too', async () => {
    const payload = await sealed({ n: [...Array(50).keys()] });
    const data = Buffer.from(payload.data ?? '', 'base64').toString('base64url');
    const answer = await ask(`${PATH}/decode`, { payloads: [{ ...payload, data }] });
    expect(answer.body).toEqual({ payloads: [plain({ n: [...Array(50).keys()] })] });
  });

  it('answers no payloads with none', async () => {
    for (const body of [{}, { payloads: [] }])
      expect((await ask(`${PATH}/decode`, body)).body).toEqual({ payloads: [] });
  });

  it('says that a payload is another secret’s, or was altered, with 400', async () => {
    const other = createPayloadCodec('the secret of somebody else');
    const answer = await ask(`${PATH}/decode`, { payloads: [await sealed('x'), await sealed('x', other)] });
    expectProblem(answer, 400);
    expect(answer.body.detail).toContain('another secret');
    const altered = await ask(`${PATH}/decode`, { payloads: [{ ...(await sealed('x')), data: 'AAAA' }] });
    expectProblem(altered, 400);
    expect(altered.body.detail).toContain('altered');
  });
});

describe('who does not know the token', () => {
  it('finds nothing, whatever is sent, as on a path that is not there', async () => {
    const nothing = await api.call('POST', '/v1/nothing/at/all', { key: null, body: {} });
    for (const token of ['x', `${TOKEN}x`, TOKEN.slice(1), TOKEN.toLowerCase(), 'è', codecToken('another secret')]) {
      for (const verb of ['decode', 'encode']) {
        const path = `/v1/temporal-codec/${encodeURIComponent(token)}/${verb}`;
        for (const body of [{ payloads: [] }, 'no JSON']) {
          const answer = await ask(path, body, { origin: 'https://ui.example' });
          expectProblem(answer, 404);
          expect(answer.body).toEqual(nothing.body);
          expect(answer.headers.get('access-control-allow-origin')).toBeNull();
        }
        expect((await api.call('OPTIONS', path, { key: null })).status).toBe(404);
      }
    }
  });

  it('is not let in by an owner key either', async () => {
    expectProblem(await api.call('POST', '/v1/temporal-codec/x/decode', { body: { payloads: [] } }), 404);
  });

  it('is told the endpoint with an owner key, and with no other', async () => {
    const answer = await api.call('GET', '/v1/temporal-codec');
    const { publicUrl } = api.house.api;
    expect([answer.status, answer.body]).toEqual([200, { endpoint: codecEndpointOf(SECRET, publicUrl) }]);
    expect(answer.body.endpoint).toBe(`${publicUrl}${PATH}`);
    for (const key of [api.keys.live, api.keys.test, api.keys.gateway]) {
      const refused = await api.call('GET', '/v1/temporal-codec', { key });
      expectProblem(refused, 403);
      expect(refused.text).not.toContain(TOKEN);
    }
    expectProblem(await api.call('GET', '/v1/temporal-codec', { key: null }), 401);
  });
});

describe('a page of another origin', () => {
  const origin = 'http://localhost:8233';

  it('is let in by a preflight', async () => {
    const headers = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'content-type,x-namespace',
    };
    for (const verb of ['decode', 'encode']) {
      const answer = await api.call('OPTIONS', `${PATH}/${verb}`, { key: null, headers });
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect(Object.fromEntries(answer.headers)).toMatchObject({
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'POST',
        'access-control-allow-headers': 'content-type, x-namespace, authorization',
        vary: 'origin',
      });
    }
  });

  it('may read answers and refusals, and never with cookies', async () => {
    for (const [body, status] of [
      [{ payloads: [] }, 200],
      ['no JSON', 400],
    ] as const) {
      const answer = await ask(`${PATH}/decode`, body, { origin });
      expect([answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([status, origin]);
      expect(answer.headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it('is let in nowhere else', async () => {
    expectProblem(await api.call('OPTIONS', '/v1/flows', { headers: { origin } }), 405);
    expectProblem(await api.call('OPTIONS', '/v1/temporal-codec', { headers: { origin } }), 405);
    const told = await api.call('GET', '/v1/temporal-codec', { headers: { origin } });
    expect(told.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a body', () => {
  const decode = (body: unknown) => ask(`${PATH}/decode`, body);

  it('that is no JSON, or none, is 400', async () => {
    expectProblem(await decode('{"payloads":'), 400);
    expectProblem(await api.call('POST', `${PATH}/decode`, { key: null }), 400);
  });

  it('of another shape is 422 and points at what is wrong', async () => {
    for (const [body, pointer] of [
      [[], ''],
      [{ payloads: {} }, '/payloads'],
      [{ payloads: [null] }, '/payloads/0'],
      [{ payloads: [{ data: 5 }] }, '/payloads/0/data'],
      [{ payloads: [{ data: 'no base64!' }] }, '/payloads/0/data'],
      [{ payloads: [{ metadata: { encoding: 'binary/encrypted?' } }] }, '/payloads/0/metadata/encoding'],
      [{ payloads: [{ metadata: { encoding: null } }] }, '/payloads/0/metadata/encoding'],
    ] as const) {
      const answer = await decode(body);
      expectProblem(answer, 422);
      expect(pointers(answer)).toContain(pointer);
    }
  });

  it('with more than 1,000 payloads is 422, and with 1,000 is taken', async () => {
    expectProblem(await decode({ payloads: Array(1001).fill({}) }), 422);
    expect((await decode({ payloads: Array(1000).fill({}) })).status).toBe(200);
  });

  it('of more than 8 MB is 413, and just under it is taken', async () => {
    const of = (bytes: number) => ({ payloads: [{ data: 'A'.repeat(bytes) }] });
    expectProblem(await decode(of(8 * 1024 * 1024)), 413);
    expect((await decode(of(8 * 1024 * 1024 - 100))).status).toBe(200);
  });

  it('with a key that reaches into prototypes is 422', async () => {
    for (const key of ['__proto__', 'constructor', 'prototype']) {
      expectProblem(await decode(`{"payloads":[{"metadata":{"${key}":"AAAA"}}]}`), 422);
      expectProblem(await decode(`{"${key}":{"payloads":[]}}`), 422);
    }
  });
});

it('the token stands in no line of the log, even when the codec fails', async () => {
  const token = codecToken('the secret of a codec that fails');
  const lines: string[] = [];
  const keep = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const fails = () => Promise.reject(new Error('the codec is broken'));
  const failing = await startApi((deps) => ({
    ...deps,
    logger: { info: keep, warn: keep, error: keep },
    temporalCodec: { token, decode: fails, encode: fails },
  }));
  const answer = await failing.call('POST', `/v1/temporal-codec/${token}/decode`, { key: null, body: {} });
  const metrics = await failing.call('GET', '/metrics', { key: null });
  await failing.close();
  expectProblem(answer, 500);
  expect(lines).toEqual([expect.stringContaining('/v1/temporal-codec/{token}/decode')]);
  expect(lines.join() + answer.text + metrics.text).not.toContain(token);
});

it('the OpenAPI document has the routes, and not the token', async () => {
  const document = await api.call('GET', '/openapi.json', { key: null });
  const path = document.body.paths['/v1/temporal-codec/{token}/decode'];
  expect(Object.keys(path)).toEqual(['post', 'options']);
  expect(document.text).not.toContain(TOKEN);
});

it('where Temporal is not in use, none of it is there', async () => {
  const without = await startApi();
  const statuses = await Promise.all([
    without.call('GET', '/v1/temporal-codec'),
    without.call('POST', `${PATH}/decode`, { body: { payloads: [] } }),
    without.call('OPTIONS', `${PATH}/decode`),
  ]);
  await without.close();
  expect(statuses.map(({ status }) => status)).toEqual([404, 404, 404]);
});

it('none of all this is logged as an error of ours', () => {
  expect(api.errors).toEqual([]);
});
