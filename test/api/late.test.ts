import { setTimeout as pause } from 'node:timers/promises';
import Ajv from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { composeProjector } from '../../cli/house/projection';
import { type LateItem, lateLedgerSchema } from '../../schemas/late';
import { HOUSE_SECRET } from '../support/house';
import {
  type ApiUnderTest,
  expectProblem,
  INVOKE,
  must,
  PERSON,
  pointers,
  publishOtp,
  startApi,
} from './api-under-test';

const LATE = '/v1/analytics/late';
const meets = addFormats(new Ajv({ strict: false })).compile(lateLedgerSchema);

let api: ApiUnderTest;
/** Who got it twice, whom it reached late after all, and whom in time. */
let runs: { twice: string[]; late: string; inTime: string };

beforeAll(async () => {
  api = await startApi();
  await publishOtp(api);
  const start = async (sandbox: Record<string, string>) =>
    (await must(api.call('POST', INVOKE, { body: { ...PERSON, sandbox }, key: api.keys.test }), 202)).body.id as string;
  const twice = { whatsapp: 'delivered@1300ms', sms: 'delivered@20ms' };
  const [first, second, late, inTime] = await Promise.all([
    start(twice),
    start(twice),
    start({ whatsapp: 'delivered@1200ms', sms: 'reject:landline' }),
    start({ whatsapp: 'delivered@20ms' }),
  ]);
  runs = { twice: [first, second], late, inTime };
  for (const id of [first, second, late]) await untilLate(id);
  const projector = await composeProjector({ dataFolder: api.house.folder, secret: HOUSE_SECRET, report: () => {} });
  while (await projector.step());
  await projector.close();
});
afterAll(() => api.close());

async function untilLate(id: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const { body } = await api.call('GET', `/v1/invocations/${id}`);
    if (body.attempts.some(({ late }: LateItem) => late)) return;
    await pause(10);
  }
  throw new Error(`${id} was not reached late within 5 s`);
}

const ledger = async (query = '') => {
  const { body } = await must(api.call('GET', `${LATE}?mode=test${query}`), 200);
  if (!meets(body)) throw new Error(JSON.stringify(meets.errors));
  return body as { summary: object[]; items: LateItem[]; nextCursor: string | null };
};

const OF_WHATSAPP = {
  ...{ workflowId: 'wf_otp', flowVersion: 1, step: 'whatsapp', channel: 'whatsapp', provider: 'sandbox' },
  currency: 'EUR',
};
const SUMMARY = [{ ...OF_WHATSAPP, late: 3, duplicates: 2, costTwiceMicros: 71_000 }];

test('every message that came late or twice is there, with what its provider can look up, and what was billed twice', async () => {
  const { summary, items, nextCursor } = await ledger();
  expect(nextCursor).toBeNull();
  expect(summary).toEqual(SUMMARY);
  expect(items.map(({ invocationId }) => invocationId).sort()).toEqual([...runs.twice, runs.late].sort());
  for (const item of items) {
    const { body } = await api.call('GET', `/v1/invocations/${item.invocationId}`);
    const [attempt] = body.attempts;
    const twice = runs.twice.includes(item.invocationId);
    expect(item).toMatchObject({
      ...OF_WHATSAPP,
      ...{ attempt: 1, providerMessageId: attempt.providerMessageId, acceptedAt: attempt.acceptedAt },
      ...{ deadlineAt: attempt.deadlineAt, receivedAt: attempt.finalAt, late: true, duplicate: twice },
      ...{ costMicros: 35_500, costTwiceMicros: twice ? 35_500 : 0 },
      lateByMs: Date.parse(attempt.finalAt) - Date.parse(attempt.deadlineAt),
    });
    expect(item.lateByMs).toBeGreaterThan(0);
    expect(body.costTwiceMicros).toBe(item.costTwiceMicros);
  }
});

test('the summary is of the whole range, on whatever page', async () => {
  const seen: string[] = [];
  let cursor: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof ledger>> = await ledger(`&limit=1${cursor ? `&cursor=${cursor}` : ''}`);
    expect(page.summary).toEqual(SUMMARY);
    expect(page.items).toHaveLength(1);
    seen.push(...page.items.map(({ invocationId }) => invocationId));
    cursor = page.nextCursor;
  } while (cursor !== null);
  expect(seen).toEqual((await ledger()).items.map(({ invocationId }) => invocationId));
  expect(new Set(seen).size).toBe(3);
});

test.each<[string, number]>([
  ['flow=wf_otp', 3],
  ['flow=wf_none', 0],
  ['version=1', 3],
  ['version=2', 0],
  ['step=whatsapp', 3],
  ['step=sms', 0],
  ['channel=whatsapp', 3],
  ['channel=email', 0],
  ['provider=sandbox', 3],
  ['provider=twilio', 0],
  ['from=2001-01-01T00:00:00Z&to=2999-01-01T00:00:00Z', 3],
  ['to=2001-01-01T00:00:00Z', 0],
])('%s finds %d', async (query, count) => {
  const { items, summary } = await ledger(`&${query}`);
  expect(items).toHaveLength(count);
  expect(summary).toEqual(count === 0 ? [] : SUMMARY);
});

test('live runs and test runs are apart', async () => {
  expect((await must(api.call('GET', LATE), 200)).body).toEqual({ summary: [], items: [], nextCursor: null });
});

test('for a claim with the provider: all of it as CSV, without any address', async () => {
  const { text, headers } = await must(api.call('GET', `${LATE}?mode=test`, { headers: { accept: 'text/csv' } }), 200);
  expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
  const [head, ...rows] = text.trimEnd().split('\r\n');
  expect(head).toBe(
    'invocationId,workflowId,flowVersion,step,channel,provider,providerMessageId,attempt,acceptedAt,deadlineAt,receiptAt,receivedAt,late,lateByMs,duplicate,costMicros,costTwiceMicros,currency',
  );
  const { items } = await ledger();
  const columns = head?.split(',') as (keyof LateItem)[];
  expect(rows).toEqual(items.map((item) => columns.map((column) => String(item[column])).join(',')));
  expect(text).not.toMatch(/3351234567|@/);
});

test('and as a line of JSON each', async () => {
  const headers = { accept: 'application/x-ndjson' };
  const { text } = await must(api.call('GET', `${LATE}?mode=test`, { headers }), 200);
  const lines = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  expect(lines).toEqual((await ledger()).items);
});

test('it takes the right to see analytics, and tells what it does not take', async () => {
  expectProblem(await api.call('GET', LATE, { key: api.keys.test }), 403);
  const cursor = await api.call('GET', `${LATE}?mode=test&cursor=nonsense`);
  expectProblem(cursor, 422);
  expect(pointers(cursor)).toEqual(['/query/cursor']);
  const csv = { headers: { accept: 'text/csv' } };
  expectProblem(await api.call('GET', `${LATE}?mode=test&cursor=nonsense`, csv), 422);
  expectProblem(await api.call('GET', `${LATE}?channel=pigeon`), 422);
});

test('the same runs are found by a search for what came late or twice, and for whom it reached', async () => {
  const ids = async (query: string) => {
    const { body } = await must(api.call('GET', `/v1/invocations?mode=test&${query}`), 200);
    return body.items.map(({ id }: { id: string }) => id).sort();
  };
  expect(await ids('late=true')).toEqual([...runs.twice, runs.late].sort());
  expect(await ids('duplicate=true')).toEqual([...runs.twice].sort());
  expect(await ids('late=false')).toEqual([runs.inTime]);
  expect(await ids('late=true&duplicate=false')).toEqual([runs.late]);
  expect(await ids('reachedChannel=sms')).toEqual([...runs.twice].sort());
  expect(await ids('reachedStep=whatsapp')).toEqual([runs.late, runs.inTime].sort());
  expect(await ids('reason=landline')).toEqual([runs.late]);
  const wrong = await api.call('GET', '/v1/invocations?late=yes');
  expectProblem(wrong, 422);
  expect(pointers(wrong)).toEqual(['/query/late']);
});
