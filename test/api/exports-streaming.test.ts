import { once } from 'node:events';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { composeProjector } from '../../cli/house/projection';
import type { IndexedInvocation, InvocationQuery, Page, PageRequest } from '../../store/contract';
import { HOUSE_SECRET } from '../support/house';
import { needParquetThread, readParquet } from '../support/parquet';
import { until } from '../support/until';
import { type ApiUnderTest, expectProblem, INVOKE, must, PERSON, publishOtp, startApi } from './api-under-test';

/** A read model with as many pages as a test wants, each of the same run a hundred times. */
class Pages {
  read = 0;
  underWay = 0;
  most = 0;
  total = Number.POSITIVE_INFINITY;
  failAt = Number.POSITIVE_INFINITY;
  run: IndexedInvocation | null = null;

  async search(_query: InvocationQuery, { limit }: PageRequest): Promise<Page<IndexedInvocation>> {
    this.underWay += 1;
    this.most = Math.max(this.most, this.underWay);
    await pause(0);
    this.underWay -= 1;
    this.read += 1;
    if (this.read >= this.failAt) throw new Error('the disk is gone');
    const { run } = this;
    const items = run ? Array.from({ length: limit }, () => run) : [];
    return { items, nextCursor: this.read < this.total ? 'more' : null };
  }
}

let api: ApiUnderTest;
let pages: Pages;
let histories = 0;
let run: IndexedInvocation;
beforeAll(async () => {
  let real: ApiUnderTest['house']['store']['invocations'] | null = null;
  api = await startApi((deps) => {
    real = deps.store.invocations;
    return {
      ...deps,
      parquetThread: needParquetThread(),
      projected: undefined,
      store: { ...deps.store, invocations: { ...real, search: (query, page) => pages.search(query, page) } },
      engine: Object.assign(Object.create(deps.engine), {
        history(id: string, after: number) {
          histories += 1;
          return deps.engine.history(id, after);
        },
      }),
    };
  });
  await publishOtp(api);
  const body = { ...PERSON, sandbox: { whatsapp: 'reject:unreachable', sms: 'delivered@10ms' } };
  const { id } = (await must(api.call('POST', INVOKE, { body, key: api.keys.test }), 202)).body;
  await api.call('GET', `/v1/invocations/${id}`, { headers: { prefer: 'wait=10' } });
  const projector = await composeProjector({ dataFolder: api.house.folder, secret: HOUSE_SECRET, report: () => {} });
  while (await projector.step());
  await projector.close();
  run = (await api.house.store.invocations.search({ mode: 'test' }, { limit: 1, cursor: null }))
    .items[0] as IndexedInvocation;
});
afterAll(() => api.close());
beforeEach(() => {
  pages = new Pages();
  pages.run = run;
  histories = 0;
});

const urlOf = (dataset: string, format: string) => `${api.url}/v1/exports/${dataset}?mode=test&format=${format}`;
const headers = () => ({ authorization: `Bearer ${api.keys.owner}` });

async function begin(dataset: string, format: string): Promise<IncomingMessage> {
  const request = httpGet(urlOf(dataset, format), { headers: headers() });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  response.on('error', () => {});
  return response;
}

/** How many pages were read once no more are. */
async function settled(): Promise<number> {
  for (let still = 0, before = -1; still < 10; await pause(20)) {
    still = pages.read === before ? still + 1 : 0;
    before = pages.read;
  }
  return pages.read;
}

const CASES = [
  ['invocations', 'ndjson'],
  ['attempts', 'csv'],
  ['attempts', 'parquet'],
  ['events', 'ndjson'],
] as const;

describe.each(CASES)('an export of %s without end, as %s', (dataset, format) => {
  it('reads on only as its client reads, one page at a time, and not at all once the client has gone', async () => {
    const response = await begin(dataset, format);
    const [first] = (await once(response, 'data')) as [Buffer];
    expect(first.length).toBeGreaterThan(0);
    response.pause();
    const unread = await settled();
    // What lies in the buffers of two sockets, and in a row group.
    expect(unread).toBeLessThan(1_000);
    expect(pages.most).toBe(1);
    response.resume();
    await until(() => pages.read > unread + 20, 'more pages');
    expect(pages.most).toBe(1);
    response.destroy();
    const gone = await settled();
    await pause(50);
    expect(pages.read).toBe(gone);
  }, 60_000);
});

test('of events no more histories are read than are in hand', async () => {
  const response = await begin('events', 'ndjson');
  await once(response, 'data');
  response.pause();
  const read = await settled();
  expect(histories).toBeLessThanOrEqual(read * 100);
  response.destroy();
});

test('a Parquet file of many rows has row groups of a bounded size, and every row', async () => {
  pages.total = 202;
  const response = await fetch(urlOf('attempts', 'parquet'), { headers: headers() });
  const file = readParquet(Buffer.from(await response.arrayBuffer()));
  expect(file.groups).toEqual([20_000, 20_000, 400]);
  expect([file.count, file.read]).toEqual([40_400, 40_400]);
});

test('texts that are long end a row group sooner', async () => {
  pages.total = 20;
  pages.run = { ...run, record: { ...run.record, metadata: { long: 'x'.repeat(20_000) } } };
  const response = await fetch(urlOf('invocations', 'parquet'), { headers: headers() });
  expect(readParquet(Buffer.from(await response.arrayBuffer())).groups).toEqual([400, 400, 400, 400, 400]);
});

describe('a fault on the way', () => {
  it.each(['ndjson', 'csv', 'parquet'])('breaks %s off, so that it does not look whole', async (format) => {
    pages.failAt = 5;
    const response = await fetch(urlOf('attempts', format), { headers: headers() });
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow('terminated');
    expect(api.errors.splice(0).join()).toContain('the disk is gone');
  });

  it('resets the connection of a client that knows no chunks', async () => {
    pages.failAt = 3;
    const socket = connect(Number(new URL(api.url).port), '127.0.0.1');
    socket.write(`GET /v1/exports/attempts?mode=test HTTP/1.0\r\nauthorization: Bearer ${api.keys.owner}\r\n\r\n`);
    socket.resume();
    const [error] = (await once(socket, 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNRESET');
    api.errors.splice(0);
  });

  it('is a problem where it comes before the first row', async () => {
    pages.failAt = 1;
    expectProblem(await api.call('GET', '/v1/exports/attempts?mode=test'), 500);
    api.errors.splice(0);
  });

  it('of the thread that writes Parquet is one too', async () => {
    const other = await startApi((deps) => ({ ...deps, parquetThread: `${__dirname}/no-such-thread.js` }));
    try {
      const response = await fetch(`${other.url}/v1/exports/attempts?mode=test&format=parquet`, { headers: headers() });
      await expect(response.arrayBuffer()).rejects.toThrow('terminated');
      expect(other.errors.join()).toContain('no-such-thread');
    } finally {
      await other.close();
    }
  });
});

test('a fifth export beside four is told to come again, and may once one of them has gone', async () => {
  const four = [];
  for (let n = 0; n < 4; n++) four.push(await begin('attempts', 'csv'));
  const refused = await api.call('GET', '/v1/exports/attempts?mode=test');
  expectProblem(refused, 503);
  expect(refused.headers.get('retry-after')).toBe('30');
  four.pop()?.destroy();
  pages.total = 1;
  await until(async () => (await api.call('HEAD', '/v1/exports/attempts?mode=test')).status === 200, 'a free place');
  for (const response of four) response.destroy();
});
