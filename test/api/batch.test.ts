import { type ApiUnderTest, expectProblem, must, PERSON, publishOtp, startApi } from './api-under-test';

let api: ApiUnderTest;
beforeAll(async () => {
  api = await startApi();
  await publishOtp(api);
});
afterAll(() => api.close());

const PATH = '/v1/workflows/wf_otp/invocations/batch';
const send = (body: unknown, headers: Record<string, string> = {}) =>
  api.call('POST', PATH, { body, headers, key: api.keys.test });
const NDJSON = { 'content-type': 'application/x-ndjson' };
const linesOf = (text: string) =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
const statuses = (results: { index: number; status: unknown }[]) => results.map(({ index, status }) => [index, status]);

const MIXED = [PERSON, { recipient: {} }, { ...PERSON, variables: {} }, { ...PERSON, foo: 1 }, PERSON];
const EXPECTED = [
  [0, 'running'],
  [1, 422],
  [2, 422],
  [3, 422],
  [4, 'running'],
];

describe('a batch', () => {
  it('as an array is answered item by item, and one bad item spoils no other', async () => {
    const answer = await send(MIXED);
    expect(answer.status).toBe(202);
    expect(statuses(answer.body)).toEqual(EXPECTED);
    expect(answer.body[2].errors).toEqual([{ pointer: '/variables/code', message: '“code” is missing.' }]);
    await must(api.call('GET', `/v1/invocations/${answer.body[4].id}`, { key: api.keys.test }), 200);
  });

  it('as lines is answered in lines, a line that is no JSON among them', async () => {
    const lines = [...MIXED.map((item) => JSON.stringify(item)), '{"recipient":', '{"recipient":{"__proto__":1}}'];
    const answer = await send(`${lines.join('\n')}\n\n`, NDJSON);
    expect(answer.headers.get('content-type')).toBe('application/x-ndjson');
    expect(statuses(linesOf(answer.text))).toEqual([...EXPECTED, [5, 400], [6, 422]]);
  });

  it('is answered in the form that was asked for', async () => {
    const asLines = await send([PERSON, PERSON], { accept: 'application/x-ndjson' });
    expect(linesOf(asLines.text)).toHaveLength(2);
    const asArray = await send(JSON.stringify(PERSON), { ...NDJSON, accept: 'application/json' });
    expect(asArray.body).toHaveLength(1);
  });

  it('refuses a prototype key in one item of an array and takes the others', async () => {
    const answer = await send(`[${JSON.stringify(PERSON)},{"recipient":{"constructor":1}}]`);
    expect(statuses(answer.body)).toEqual([
      [0, 'running'],
      [1, 422],
    ]);
  });

  it('starts nothing twice: by the items’ own keys, or by the one of the request', async () => {
    const own = [
      { ...PERSON, idempotencyKey: 'a' },
      { ...PERSON, idempotencyKey: 'b' },
    ];
    const ids = async (body: unknown, headers = {}) =>
      (await send(body, headers)).body.map(({ id }: { id: string }) => id);
    expect(await ids(own)).toEqual(await ids(own));
    const guarded = { 'idempotency-key': 'night-run' };
    expect(await ids([PERSON, PERSON], guarded)).toEqual(await ids([PERSON, PERSON], guarded));
    const again = await send(own);
    expect(again.body[0].idempotencyReplay).toBe(true);
  });

  it('of ten thousand is taken, of one more refused', async () => {
    const line = JSON.stringify({ recipient: {} });
    const most = await send(`${line}\n`.repeat(10_000), NDJSON);
    expect([most.status, linesOf(most.text).length]).toEqual([202, 10_000]);
    expectProblem(await send(`${line}\n`.repeat(10_001), NDJSON), 422);
    expectProblem(await send(Array(10_001).fill(0)), 422);
  });

  it('that cannot be read at all is refused as a whole', async () => {
    expectProblem(await send('[{"recipient":'), 400);
    expectProblem(await send({ recipient: {} }), 422);
    expectProblem(await send('a,b', { 'content-type': 'text/csv' }), 415);
  });
});
