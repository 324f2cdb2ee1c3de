import { connect } from 'node:net';
import { type ApiUnderTest, expectProblem, INVOKE, PERSON, publishOtp, startApi } from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  await publishOtp(api);
});
afterAll(() => api.close());

/** The hot routes are found by the server itself, the others by Express: both keep the same promises. */
describe.each([
  ['answered before Express', INVOKE],
  ['answered through Express', '/v1/flows'],
])('a body on a route %s', (_name, path) => {
  const send = (body: string | undefined, headers: Record<string, string> = {}) =>
    api.call('POST', path, { ...(body !== undefined && { body }), headers });

  it('that is no JSON is 400', async () => {
    expectProblem(await send('{"recipient":'), 400);
  });
  it('that is missing is 400', async () => {
    expectProblem(await send(undefined), 400);
  });
  it('that is no UTF-8 is 400', async () => {
    const response = await fetch(api.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'api-key': api.keys.owner },
      body: Buffer.from([0x22, 0xff, 0xfe, 0x22]),
    });
    expect(response.status).toBe(400);
  });
  it('of another content type is 415', async () => {
    expectProblem(await send('recipient=1', { 'content-type': 'application/x-www-form-urlencoded' }), 415);
  });
  it('of 1 MB is 413, and the connection lives to tell', async () => {
    expectProblem(await send(JSON.stringify({ ...PERSON, variables: { code: 'x'.repeat(1_000_000) } })), 413);
  });
  it('that nests a hundred thousand levels is 422', async () => {
    expectProblem(await send(`{"variables":${'['.repeat(100_000)}${']'.repeat(100_000)}}`), 422);
  });
  it('is taken with a charset and with a type of JSON’s family', async () => {
    const answer = await send('{}', { 'content-type': 'application/merge-patch+json; charset=utf-8' });
    expectProblem(answer, 422);
  });
});

describe('a path', () => {
  it('that is not there is 404', async () => {
    expectProblem(await api.call('GET', '/v1/nothing'), 404);
    expectProblem(await api.call('GET', '/V1/flows'), 404);
  });
  it('that does not decode is 400', async () => {
    expectProblem(await api.call('GET', '/v1/flows/%E0%A4%A'), 400);
  });
  it('with another method is 405 and names those it takes', async () => {
    const answer = await api.call('DELETE', '/v1/flows');
    expectProblem(answer, 405);
    expect(answer.headers.get('allow')).toBe('POST, GET, HEAD');
    expectProblem(await api.call('GET', INVOKE), 405);
  });
  it('with an unknown or a wrong query is 422', async () => {
    for (const query of ['limit=0', 'limit=201', 'limit=x', 'lmit=5', 'cursor=', 'constructor=1', '__proto__=1']) {
      expectProblem(await api.call('GET', `/v1/flows?${query}`), 422);
    }
  });
  it('with a cursor that is none is 422', async () => {
    const answer = await api.call('GET', '/v1/flows?cursor=rubbish');
    expectProblem(answer, 422);
  });
});

describe('a request ID', () => {
  it('is the client’s own where it is a plain word', async () => {
    const answer = await api.call('GET', '/healthz', { headers: { 'x-request-id': 'abc-1' } });
    expect(answer.headers.get('x-request-id')).toBe('abc-1');
  });
  it('is made where the client’s could not be written into a log', async () => {
    const answer = await api.call('GET', '/healthz', { headers: { 'x-request-id': 'a b<c>' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^req_/);
  });
});

it('what is no HTTP is answered with a problem', async () => {
  const answer = await new Promise<string>((resolve, reject) => {
    let text = '';
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1', () => socket.write('RUBBISH\r\n\r\n'));
    socket.on('data', (data) => {
      text += data;
    });
    socket.on('end', () => resolve(text));
    socket.on('error', reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  expect(answer).toContain('application/problem+json');
});

it('HEAD is answered as GET without a body', async () => {
  const answer = await api.call('HEAD', '/v1/flows');
  expect([answer.status, answer.text]).toEqual([200, '']);
});

it('none of all this is logged as an error of ours', () => {
  expect(api.errors).toEqual([]);
});
