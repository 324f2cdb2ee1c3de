import { readFileSync } from 'node:fs';
import Papa from 'papaparse';
import { composeProjector } from '../../cli/house/projection';
import { eventSchema } from '../../schemas/event';
import { EXPORT_COLUMNS, EXPORT_DATASETS, type ExportColumn, type ExportDataset } from '../../schemas/export';
import { REASONS } from '../../schemas/vocabulary';
import { HOUSE_SECRET } from '../support/house';
import { needParquetThread, readParquet } from '../support/parquet';
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

type Row = Record<string, string | number | boolean | null>;

let api: ApiUnderTest;
/** In the order in which they were accepted. */
const ids: string[] = [];
beforeAll(async () => {
  api = await startApi((deps) => ({ ...deps, parquetThread: needParquetThread() }));
  await publishOtp(api);
  const given = [
    { sandbox: { whatsapp: 'reject:unreachable', sms: 'delivered@10ms' }, externalId: '=HYPERLINK("http://x")' },
    { sandbox: { whatsapp: 'delivered@10ms' }, externalId: 'größe, "日本"\n😀', metadata: { 'clé\n': '+1,"x"' } },
    { sandbox: { whatsapp: 'reject:template_invalid', sms: 'undelivered:content_rejected@10ms' }, externalId: '' },
    // Late: the SMS has arrived when the first one does.
    { sandbox: { whatsapp: 'silent', sms: 'delivered@10ms' }, externalId: '-2+3' },
  ];
  for (const change of given) {
    const body = { ...PERSON, ...change };
    const { id } = (await must(api.call('POST', INVOKE, { body, key: api.keys.test }), 202)).body;
    ids.push(id);
    await api.call('GET', `/v1/invocations/${id}`, { headers: { prefer: 'wait=10' } });
  }
  const late = { invocationId: ids[3], step: 'whatsapp', status: 'delivered', costMicros: 9_000_000_000_000_000 };
  await must(api.call('POST', '/v1/receipts', { body: late }), 202);
  await lateReceiptTaken();
  await project();
});
afterAll(() => api.close());

async function lateReceiptTaken(): Promise<void> {
  for (let look = 0; look < 500; look++) {
    const { body } = await api.call('GET', `/v1/invocations/${ids[3]}`);
    if (body.duplicate) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error('the late receipt was not taken');
}

async function project(): Promise<void> {
  const projector = await composeProjector({ dataFolder: api.house.folder, secret: HOUSE_SECRET, report: () => {} });
  while (await projector.step());
  await projector.close();
}

const get = (dataset: string, query = '', headers: Record<string, string> = {}) =>
  api.call('GET', `/v1/exports/${dataset}?mode=test${query}`, { headers });

async function ndjson(dataset: string, query = ''): Promise<Row[]> {
  const { text } = await must(get(dataset, query), 200);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

async function bytesOf(dataset: string, query = ''): Promise<Buffer> {
  const response = await fetch(`${api.url}/v1/exports/${dataset}?mode=test&format=parquet${query}`, {
    headers: { authorization: `Bearer ${api.keys.owner}` },
  });
  expect(response.status).toBe(200);
  return Buffer.from(await response.arrayBuffer());
}

describe('the rows', () => {
  it('of invocations are the list’s, newest first', async () => {
    const rows = await ndjson('invocations');
    const { items } = (await api.call('GET', '/v1/invocations?mode=test')).body;
    expect(rows.map(({ id }) => id)).toEqual([...ids].reverse());
    rows.forEach((row, n) => {
      const view = items[n];
      for (const name of ['id', 'workflowId', 'flowVersion', 'mode', 'status', 'externalId', 'createdAt', 'endedAt']) {
        expect([name, row[name]]).toEqual([name, view[name]]);
      }
      for (const name of ['reachedStep', 'reachedChannel', 'duplicate', 'costMicros', 'costTwiceMicros', 'currency']) {
        expect([name, row[name]]).toEqual([name, view[name]]);
      }
      expect(row.metadata === null ? null : JSON.parse(String(row.metadata))).toEqual(view.metadata);
      expect(row.worstCaseCostMicros).toBe(view.worstCase.costMicros);
      expect(row.worstCaseSeconds).toBe(view.worstCase.seconds);
      expect(row.purpose).toBe('otp');
    });
    expect(rows.map(({ late, attempts }) => [late, attempts])).toEqual([
      [true, 2],
      [false, 2],
      [false, 1],
      [false, 2],
    ]);
  });

  it('of attempts are the runs’ own, in their order', async () => {
    const rows = await ndjson('attempts');
    const { items } = (await api.call('GET', '/v1/invocations?mode=test')).body;
    const views = items.flatMap((run: { id: string; attempts: object[] }) =>
      run.attempts.map((attempt) => ({ invocationId: run.id, ...attempt })),
    );
    expect(rows).toHaveLength(7);
    expect(rows).toMatchObject(views);
    expect(rows[0]).toMatchObject({ late: true, duplicate: true, costMicros: 9_000_000_000_000_000 });
    expect(rows[1]).toMatchObject({ duplicate: false, account: null, currency: 'EUR', invocationStatus: 'succeeded' });
  });

  it('of events are the runs’ histories, in their order', async () => {
    const rows = await ndjson('events');
    const histories: Row[] = [];
    for (const id of [...ids].reverse()) {
      const { items } = (await api.call('GET', `/v1/invocations/${id}/events`)).body;
      histories.push(...items);
    }
    expect(rows).toHaveLength(histories.length);
    rows.forEach((row, n) => {
      const { costs, unaddressable, ...event } = histories[n] as Row;
      expect(row).toMatchObject(event);
      expect(row.costs).toBe(costs === undefined ? null : JSON.stringify(costs));
      expect(row.unaddressable).toBe(unaddressable === undefined ? null : JSON.stringify(unaddressable));
    });
  });

  it('of rollups are the counters of the store, none left out', async () => {
    const rows = await ndjson('rollups');
    const rollups = (await api.house.store.rollups.find({ mode: 'test' })).reverse();
    expect(rows).toHaveLength(rollups.length);
    rows.forEach((row, n) => {
      const { key, counts } = rollups[n] as (typeof rollups)[number];
      expect(row).toMatchObject({
        flowId: key.flowId,
        workflowId: 'wf_otp',
        step: key.step || null,
        channel: key.channel || null,
        hour: new Date(key.hour).toISOString(),
      });
      const told = Object.entries(counts).filter(([name]) => !name.startsWith('latency.'));
      for (const [name, count] of told) expect([name, row[name.replace('.', '_')]]).toEqual([name, count]);
      expect(row.otherCounts).toBe('{}');
      const buckets = Object.entries(counts).filter(([name]) => name.startsWith('latency.'));
      expect(JSON.parse(String(row.latency))).toEqual(
        Object.fromEntries(buckets.map(([name, count]) => [name.slice(8), count])),
      );
    });
    expect(rows.find(({ step }) => step === 'sms')).toMatchObject({ reason_content_rejected: 1, savedByFallback: 2 });
    expect(rows.find(({ step }) => step === null)).toMatchObject({ accepted: 4, succeeded: 3, failed: 1, late: 1 });
  });

  it('hold no address, no variable and no message text', async () => {
    for (const dataset of EXPORT_DATASETS) {
      const { text } = await get(dataset);
      expect(text).not.toMatch(/3351234567|493021|Code /);
    }
  });
});

describe.each(EXPORT_DATASETS)('%s', (dataset: ExportDataset) => {
  const columns: readonly ExportColumn[] = EXPORT_COLUMNS[dataset];
  const names = columns.map(({ name }) => name);

  it('has in NDJSON the columns of the table and no others, nulls where it allows them, and its types', async () => {
    const rows = await ndjson(dataset);
    expect(rows.length).toBeGreaterThan(0);
    for (const row of rows) {
      expect(Object.keys(row).sort()).toEqual([...names].sort());
      for (const { name, type, nullable } of columns) {
        const value = row[name];
        if (value === null) expect([name, nullable]).toEqual([name, true]);
        else expect([name, typeOf(value as string, type)]).toEqual([name, type]);
      }
    }
  });

  it('says the same as CSV, cells that a spreadsheet would take for formulas marked as text', async () => {
    const rows = await ndjson(dataset);
    const answer = await must(get(dataset, '&format=csv'), 200);
    expect(answer.headers.get('content-type')).toBe('text/csv; charset=utf-8');
    const parsed = Papa.parse<Record<string, string>>(answer.text, { header: true, skipEmptyLines: true });
    expect(parsed.errors).toEqual([]);
    expect(parsed.meta.fields).toEqual(names);
    expect(parsed.data).toEqual(rows.map((row) => Object.fromEntries(names.map((name) => [name, cell(row[name])]))));
    expect(answer.text).not.toMatch(/(^|,|\n)"?[=+@-](?!\d+(,|\r))/);
  });

  it('says the same as Parquet to a reader that is not ours, times as UTC timestamps', async () => {
    const rows = await ndjson(dataset);
    const file = readParquet(await bytesOf(dataset));
    expect(file.columns).toEqual(
      columns.map(({ name, type, nullable }) => ({ name, ...PHYSICAL[type], nullable, utc: type === 'time' || null })),
    );
    expect(file.codecs).toEqual(['SNAPPY']);
    const expected = rows.map((row) =>
      Object.fromEntries(columns.map(({ name, type }) => [name, inParquet(row[name] ?? null, type)])),
    );
    expect(file.rows).toEqual(expected);
  });

  it('is a whole file of each format where nothing matches', async () => {
    const query = '&from=2001-01-01T00:00:00Z&to=2001-01-02T00:00:00Z';
    expect((await get(dataset, query)).text).toBe('');
    expect((await get(dataset, `${query}&format=csv`)).text).toBe(`${names.join(',')}\r\n`);
    const file = readParquet(await bytesOf(dataset, query));
    expect({ count: file.count, columns: file.columns.map(({ name }) => name) }).toEqual({ count: 0, columns: names });
  });
});

const PHYSICAL = {
  text: { type: 'BYTE_ARRAY', kind: 'UTF8' },
  json: { type: 'BYTE_ARRAY', kind: 'UTF8' },
  integer: { type: 'INT64', kind: null },
  boolean: { type: 'BOOLEAN', kind: null },
  time: { type: 'INT64', kind: 'TIMESTAMP_MILLIS' },
} as const;

function inParquet(value: Row[string] | null, type: ExportColumn['type']): unknown {
  if (value === null) return null;
  if (type === 'integer') return { int: String(value) };
  return type === 'time' ? { time: value } : value;
}

function typeOf(value: string | number | boolean, type: ExportColumn['type']): string {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'integer' : 'number';
  if (typeof value === 'boolean') return 'boolean';
  if (type === 'time') return new Date(value).toISOString() === value ? 'time' : 'text';
  if (type === 'json') return typeof JSON.parse(value) === 'object' ? 'json' : 'text';
  return 'text';
}

function cell(value: unknown): string {
  if (value === null) return '';
  return typeof value === 'string' && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
}

test('every field that an event may have is a column of events', () => {
  const names = EXPORT_COLUMNS.events.map(({ name }): string => name);
  for (const field of Object.keys(eventSchema.properties)) expect(names).toContain(field);
});

describe('what is asked for', () => {
  it('is narrowed by all that runs are searched by', async () => {
    const found = async (query: string) => (await ndjson('invocations', query)).map(({ id }) => id);
    const all = await ndjson('invocations');
    const [last, , , first] = all.map(({ createdAt }) => createdAt);
    expect(await found('&status=failed')).toEqual([ids[2]]);
    expect(await found('&flow=wf_otp&version=1')).toHaveLength(4);
    expect(await found(`&from=${last}`)).toEqual(all.filter(({ createdAt }) => createdAt === last).map(({ id }) => id));
    expect(await found('&duplicate=true')).toEqual([ids[3]]);
    expect(await found('&reachedChannel=whatsapp')).toEqual([ids[1]]);
    expect(await found(`&recipient=${encodeURIComponent(PERSON.recipient.phone)}`)).toHaveLength(4);
    expect(await found('&recipient=nobody')).toEqual([]);
    const attempts = await ndjson('attempts', '&externalId=-2%2B3');
    expect(attempts.map(({ invocationId }) => invocationId)).toEqual([ids[3], ids[3]]);
    // The end does not belong to it: what follows begins there.
    expect(await found(`&to=${first}`)).toEqual([]);
    expect(await ndjson('rollups', '&flow=wf_otp&version=1')).toHaveLength(3);
  });

  it('may name a time in any zone', async () => {
    const [row] = await ndjson('invocations');
    const at = Date.parse(String(row?.createdAt));
    const inKolkata = `${new Date(at + 19_800_000).toISOString().slice(0, -1)}+05:30`;
    const found = await ndjson('invocations', `&from=${encodeURIComponent(inKolkata)}`);
    expect(found.map(({ id }) => id)).toContain(row?.id);
  });

  it('is live unless the query says otherwise', async () => {
    expect((await api.call('GET', '/v1/exports/invocations')).text).toBe('');
  });

  it.each([
    ['invocations', '&flow=wf_none', '/query/flow'],
    ['attempts', '&flow=wf_otp&version=2', '/query/version'],
    ['rollups', '&status=failed', '/query/status'],
    ['events', '&from=2026-01-02T00:00:00Z&to=2026-01-01T00:00:00Z', '/query/to'],
    ['events', '&from=yesterday', '/query/from'],
    ['invocations', '&format=xlsx', '/query/format'],
    ['rollups', '&recipient=ann', '/query/recipient'],
    ['invocations', '&late=perhaps', '/query/late'],
  ])('is refused where it cannot be meant: %s %s', async (dataset, query, pointer) => {
    const answer = await get(dataset, query);
    expectProblem(answer, 422);
    expect(pointers(answer)).toEqual([pointer]);
  });

  it('is 404 for a dataset that there is not, and 403 for a key that may not see analytics', async () => {
    expectProblem(await get('addresses'), 404);
    for (const key of [api.keys.live, api.keys.test, api.keys.gateway]) {
      expectProblem(await api.call('GET', '/v1/exports/rollups', { key }), 403);
    }
  });

  it('takes its format from Accept, and names its file', async () => {
    const typeFor = async (accept: string) => (await get('events', '', { accept })).headers.get('content-type');
    expect(await typeFor('text/csv')).toBe('text/csv; charset=utf-8');
    expect(await typeFor('application/vnd.apache.parquet')).toBe('application/vnd.apache.parquet');
    expect(await typeFor('*/*')).toBe('application/x-ndjson');
    const answer = await get('attempts', '&format=csv&flow=wf_otp&version=1', { accept: 'application/x-ndjson' });
    expect(answer.headers.get('content-disposition')).toMatch(
      /^attachment; filename="onward-attempts-wf_otp-v1-test-\d{8}T\d{6}Z\.csv"$/,
    );
  });

  it('can be asked for by HEAD', async () => {
    for (const format of ['ndjson', 'parquet']) {
      const answer = await api.call('HEAD', `/v1/exports/attempts?mode=test&format=${format}`);
      expect([answer.status, answer.text]).toEqual([200, '']);
      expect(answer.headers.get('content-disposition')).toContain(`.${format}"`);
    }
  });
});

describe('docs/exports.md', () => {
  const page = readFileSync('docs/exports.md', 'utf8');

  it.each(EXPORT_DATASETS)('has every column of %s, with its type', (dataset) => {
    const [, section = ''] = page.split(`\n## ${dataset}\n`);
    const [table = ''] = section.split('\n## ');
    const rows = [...table.matchAll(/^\| (`.*?) \| (\w+)(, null)? \|/gm)].flatMap(([, names = '', type, nullable]) =>
      names.split(', ').map((name) => ({ name: name.slice(1, -1), type, nullable: nullable !== undefined })),
    );
    const told = rows.flatMap((row) =>
      row.name === 'reason_<reason>' ? REASONS.map((reason) => ({ ...row, name: `reason_${reason}` })) : [row],
    );
    expect(told).toEqual(EXPORT_COLUMNS[dataset].map(({ name, type, nullable }) => ({ name, type, nullable })));
  });
});
