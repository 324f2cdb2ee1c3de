import type { Handler, LogRecord } from '../../log/contract';
import { FetchGate } from '../../log/kafka/fetch-gate';
import { type Fetched, PartitionWork, type PartitionWorkDeps } from '../../log/kafka/partition-work';

const fetched = (from: number, count: number, bytes = 10): Fetched[] =>
  Array.from({ length: count }, (_, n) => {
    const record: LogRecord = { topic: 'onward.receipts', partition: 0, position: from + n, key: 'k', value: 'v' };
    return { record, bytes };
  });

function work(handler: Handler, deps: Partial<PartitionWorkDeps> = {}) {
  const full: boolean[] = [];
  const onFull = (now: boolean) => void full.push(now);
  const defaults = { bytesMax: 1e6, before: null, unbroken: false, onFull, onFault: () => {} };
  return { full, work: new PartitionWork({ handler, ...defaults, ...deps }) };
}

/** A handler that ends when it is told to. */
function held() {
  const batches: { positions: number[]; end: () => void; fail: () => void; done: (position: number) => void }[] = [];
  const handler: Handler = (records, done) =>
    new Promise((resolve, reject) => {
      const positions = records.map(({ position }) => position);
      batches.push({ positions, done, end: resolve, fail: () => reject(new Error('not done')) });
    });
  return { batches, handler };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test('a batch is of at most 500 records, and the next comes once it has ended', async () => {
  const { batches, handler } = held();
  const { work: one } = work(handler);
  one.take(fetched(0, 700), 699);
  await settled();
  expect(batches.map(({ positions }) => positions.length)).toEqual([500]);
  batches[0]?.end();
  await settled();
  expect(batches.map(({ positions }) => positions.length)).toEqual([500, 200]);
});

test('what may be committed is what is done without a gap, and all that was fetched once nothing waits', async () => {
  const { batches, handler } = held();
  const { work: one } = work(handler);
  expect(one.next()).toBeNull();
  one.take(fetched(10, 3), 15);
  await settled();
  expect(one.next()).toBeNull();
  batches[0]?.done(11);
  expect(one.next()).toBe(12);
  batches[0]?.done(10);
  expect(one.next()).toBe(12);
  batches[0]?.end();
  await settled();
  expect(one.next()).toBe(16);
});

test('a partition whose handler is slow is full by records and by bytes, and has room again at half of that', async () => {
  for (const [count, bytes] of [
    [4_000, 1],
    [1_000, 1_000],
  ] as const) {
    const { batches, handler } = held();
    const { work: one, full } = work(handler);
    one.take(fetched(0, count, bytes), count - 1);
    await settled();
    expect(full).toEqual([true]);
    for (let consumed = 0; consumed < count / 2; consumed += 500) {
      expect(full).toEqual([true]);
      batches[consumed / 500]?.end();
      await settled();
    }
    expect(full).toEqual([true, false]);
  }
});

test('a new assignment waits for the batch in hand of the last, and takes over what that has done', async () => {
  const { batches, handler } = held();
  const { work: first } = work(handler);
  first.take(fetched(0, 3), 2);
  await settled();
  const ended = first.end();
  const { work: second } = work(handler, { before: first, unbroken: true });
  second.take(fetched(0, 5), 4);
  await settled();
  expect(batches.length).toBe(1);
  batches[0]?.end();
  await ended;
  await settled();
  expect(batches.map(({ positions }) => positions)).toEqual([
    [0, 1, 2],
    [3, 4],
  ]);
});

test('where others had the partition meanwhile nothing is taken over, and nothing is moved back', async () => {
  const { batches, handler } = held();
  const { work: first } = work(handler);
  first.take(fetched(0, 3), 2);
  await settled();
  batches[0]?.end();
  await settled();
  void first.end();
  for (const unbroken of [false, true]) {
    const { work: second } = work(handler, { before: first, unbroken });
    second.take(fetched(200, 1), 200);
    await settled();
    expect(second.next()).toBeNull();
    batches[batches.length - 1]?.end();
    await settled();
    expect(second.next()).toBe(201);
  }
});

test('an assignment that is over hands nothing more over and says nothing more', async () => {
  const { batches, handler } = held();
  const { work: one, full } = work(handler);
  one.take(fetched(0, 4_000), 3_999);
  await settled();
  const ended = one.end();
  batches[0]?.end();
  await ended;
  one.take(fetched(4_000, 1), 4_000);
  await settled();
  expect(batches.length).toBe(1);
  expect(full).toEqual([true]);
  expect(one.next()).toBe(500);
});

test('after a new assignment nothing is taken until each broker was asked anew', () => {
  let opened = 0;
  const gate = new FetchGate(() => {
    opened++;
  });
  gate.close();
  expect(gate.isOpen()).toBe(true);
  gate.fetching(1);
  gate.fetching(2);
  gate.close();
  expect(gate.isOpen()).toBe(false);
  gate.fetching(1);
  gate.fetching(1);
  expect(gate.isOpen()).toBe(false);
  gate.fetching(2);
  expect(gate.isOpen()).toBe(true);
  expect(opened).toBe(1);
});
