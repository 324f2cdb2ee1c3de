import { get } from 'node:http';
import { composeProjector } from '../../cli/house/projection';
import { HOUSE_SECRET } from '../support/house';
import { type ApiUnderTest, expectProblem, INVOKE, must, PERSON, publishOtp, startApi } from './api-under-test';

let api: ApiUnderTest;
/** How often the history of each run was read. */
const reads = new Map<string, number>();
beforeAll(async () => {
  api = await startApi((deps) => ({
    ...deps,
    // A class keeps its methods on its prototype.
    engine: Object.assign(Object.create(deps.engine), {
      history(id: string, after: number) {
        reads.set(id, (reads.get(id) ?? 0) + 1);
        return deps.engine.history(id, after);
      },
    }),
  }));
  await publishOtp(api);
});
afterAll(() => api.close());

const start = async (change: object = {}, key: string = api.keys.test) =>
  (await must(api.call('POST', INVOKE, { body: { ...PERSON, ...change }, key }), 202)).body.id as string;
const ended = async (id: string) =>
  (await api.call('GET', `/v1/invocations/${id}`, { headers: { prefer: 'wait=10' } })).body;
const FALLS_BACK = { sandbox: { whatsapp: 'reject:unreachable', sms: 'delivered@10ms' } };

/** The read model follows the log: here it is made to, so that no test waits for it. */
async function project(): Promise<void> {
  const projector = await composeProjector({
    dataFolder: api.house.folder,
    secret: HOUSE_SECRET,
    report: () => {},
  });
  while (await projector.step());
  await projector.close();
}

describe('the events of a run', () => {
  it('are numbered from 1 without gaps, say why, and can be read on from any', async () => {
    const id = await start(FALLS_BACK);
    await ended(id);
    const { body } = await api.call('GET', `/v1/invocations/${id}/events`);
    expect(body.items.map(({ seq }: { seq: number }) => seq)).toEqual(body.items.map((_: unknown, n: number) => n + 1));
    expect(body.items[0].type).toBe('InvocationStarted');
    const advanced = body.items.find(({ type }: { type: string }) => type === 'LadderAdvanced');
    expect(advanced).toMatchObject({ step: 'whatsapp', nextStep: 'sms', because: expect.any(String) });
    const rest = await api.call('GET', `/v1/invocations/${id}/events?after=3`);
    expect(rest.body.items).toEqual(body.items.slice(3));
    const page = await api.call('GET', `/v1/invocations/${id}/events?limit=2`);
    const next = await api.call('GET', `/v1/invocations/${id}/events?limit=2&cursor=${page.body.nextCursor}`);
    expect([...page.body.items, ...next.body.items]).toEqual(body.items.slice(0, 4));
  });

  it('carry no address and no variable', async () => {
    const id = await start({ recipient: { phone: '+393351234567', id: 'ann' } });
    await ended(id);
    const { text } = await api.call('GET', `/v1/invocations/${id}/events`);
    expect(text).not.toMatch(/3351234567|493021|ann/);
  });
});

describe('the stream of a run', () => {
  it('has every event with its number, and an end', async () => {
    const id = await start(FALLS_BACK);
    const stream = await api.call('GET', `/v1/invocations/${id}/stream`, { key: api.keys.test });
    expect(stream.headers.get('content-type')).toContain('text/event-stream');
    const { items } = (await api.call('GET', `/v1/invocations/${id}/events`)).body;
    const seen = [...stream.text.matchAll(/^id: (\d+)\nevent: (\w+)\ndata: (.*)$/gm)];
    expect(seen.map(([, seq, type]) => [Number(seq), type])).toEqual(
      items.slice(0, seen.length).map(({ seq, type }: { seq: number; type: string }) => [seq, type]),
    );
    expect(JSON.parse(seen[0]?.[3] ?? '')).toEqual(items[0]);
    expect(stream.text.trimEnd().endsWith('event: end\ndata: {"status":"succeeded"}')).toBe(true);
  });

  it('goes on after the Last-Event-ID', async () => {
    const id = await start(FALLS_BACK);
    await ended(id);
    const { text } = await api.call('GET', `/v1/invocations/${id}/stream`, { headers: { 'last-event-id': '4' } });
    expect(/^id: (\d+)$/m.exec(text)?.[1]).toBe('5');
  });

  it('is let go when its reader has gone', async () => {
    const id = await start({ sandbox: { whatsapp: 'silent' }, sendAt: new Date(Date.now() + 60_000).toISOString() });
    const closed = new Promise<void>((resolve) => {
      api.server.once('request', (_req, res) => res.once('close', resolve));
    });
    const reader = get(`${api.url}/v1/invocations/${id}/stream`, { headers: { 'api-key': api.keys.test } });
    await new Promise((resolve) => reader.once('response', (response) => response.once('data', resolve)));
    reader.destroy();
    await closed;
    const before = reads.get(id);
    expect((await api.call('POST', `/v1/invocations/${id}/cancel`)).status).toBe(200);
    await api.call('GET', `/v1/invocations/${id}`);
    expect(reads.get(id)).toBe(before);
  });
});

describe('cancel and complete', () => {
  it('end a run, once and for all', async () => {
    const id = await start({ sandbox: { whatsapp: 'silent' } });
    const cancelled = await api.call('POST', `/v1/invocations/${id}/cancel`, { key: api.keys.test });
    expect([cancelled.status, cancelled.body.status]).toEqual([200, 'cancelled']);
    expect((await api.call('POST', `/v1/invocations/${id}/cancel`, { key: api.keys.test })).status).toBe(200);
    expectProblem(await api.call('POST', `/v1/invocations/${id}/complete`, { key: api.keys.test }), 409);
  });

  it('complete ends it as succeeded, though nobody was reached', async () => {
    const id = await start({ sandbox: { whatsapp: 'silent' } });
    const { body } = await api.call('POST', `/v1/invocations/${id}/complete`, { key: api.keys.test, body: {} });
    expect(body).toMatchObject({ status: 'succeeded', reachedChannel: null, reachedStep: null });
  });
});

describe('the search', () => {
  const ids: string[] = [];
  beforeAll(async () => {
    ids.push(await start({ ...FALLS_BACK, externalId: '=cmd|x', recipient: { phone: '+393351230099', id: 'bob' } }));
    ids.push(await start({ sandbox: { whatsapp: 'silent' }, externalId: 'order-8' }));
    ids.push(await start({ ...FALLS_BACK }, api.keys.otherTest));
    for (const id of [ids[0], ids[2]]) await ended(id ?? '');
    await project();
  });
  const found = async (query: string, key: string = api.keys.owner) => {
    const { items } = (await must(api.call('GET', `/v1/invocations?${query}`, { key }), 200)).body;
    return items.map(({ id }: { id: string }) => id);
  };

  it.each([
    ['externalId', 'mode=test&externalId=order-8', () => [ids[1]]],
    ['the recipient’s phone number', `mode=test&recipient=${encodeURIComponent('+393351230099')}`, () => [ids[0]]],
    ['the recipient’s ID', 'mode=test&recipient=bob', () => [ids[0]]],
    [
      'status, workflow and version',
      'mode=test&status=succeeded&workflowId=wf_otp&version=1&limit=2',
      () => [ids[2], ids[0]],
    ],
    ['flow', 'mode=test&flow=wf_otp&limit=3', () => [ids[2], ids[1], ids[0]]],
    ['a flow that is not there', 'mode=test&flow=wf_none', () => []],
    ['live runs, of which there are none', '', () => []],
    ['a time to come', `mode=test&from=${new Date(Date.now() + 60_000).toISOString()}`, () => []],
  ])('finds by %s', async (_name, query, expected) => {
    expect(await found(query)).toEqual(expected());
  });

  it('finds by the provider’s message ID', async () => {
    const { attempts } = (await api.call('GET', `/v1/invocations/${ids[0]}`)).body;
    const messageId = attempts[1].providerMessageId;
    expect(await found(`mode=test&providerMessageId=${encodeURIComponent(messageId)}`)).toEqual([ids[0]]);
  });

  it('shows a key its own runs only, and of its own mode', async () => {
    expect(await found('', api.keys.otherTest)).toEqual([ids[2]]);
    expectProblem(await api.call('GET', '/v1/invocations?mode=live', { key: api.keys.test }), 403);
  });

  it('answers lines of JSON, and a table whose cells no spreadsheet runs', async () => {
    const ask = (accept: string, query = 'mode=test') =>
      api.call('GET', `/v1/invocations?${query}`, { headers: { accept } });
    const ndjson = await ask('application/x-ndjson', 'mode=test&limit=3');
    const lines = ndjson.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).id);
    expect(lines).toEqual([ids[2], ids[1], ids[0]]);
    const csv = await ask('text/csv');
    expect(csv.headers.get('content-type')).toContain('text/csv');
    const [head, ...rows] = csv.text.trimEnd().split('\r\n');
    expect(head).toBe(
      'id,workflowId,flowVersion,mode,status,externalId,createdAt,endedAt,reachedChannel,reachedStep,duplicate,costMicros,costTwiceMicros,currency',
    );
    expect(rows.length).toBeGreaterThanOrEqual(3);
    expect(csv.text).toContain(`${ids[0]},wf_otp,1,test,succeeded,'=cmd|x,`);
    expectProblem(await ask('text/csv', 'mode=test&cursor=rubbish'), 422);
  });
});
