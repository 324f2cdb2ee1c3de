import { type Log, type LogRecord, RECORD_BYTES_MAX, RecordTooLarge } from '../../log/contract';

export interface LogUnderTest {
  log: Log;
  close(): Promise<void>;
}

/**
 * Opens the log of one test. Opened again while the first is open, it stands for another process; after the first was
 * closed, for a restart.
 */
export type OpenLog = (testName: string) => Promise<LogUnderTest>;

const TOPIC = 'onward.receipts';

/** What every adapter of log/contract.ts is held to. */
export function describeLog(name: string, open: OpenLog): void {
  describe(name, () => {
    let here: LogUnderTest;
    const others: LogUnderTest[] = [];
    const again = async () => {
      const other = await open(testName());
      others.push(other);
      return other;
    };
    const testName = () => expect.getState().currentTestName ?? '';

    beforeEach(async () => {
      here = await open(testName());
    });
    afterEach(async () => {
      for (const log of [here, ...others.splice(0)]) await log.close();
    });

    describe('delivery', () => describeDelivery(() => here.log));
    describe('progress', () => describeProgress(() => here.log));
    describe('numbers', () => describeNumbers(() => here.log));
    describe('reading', () => describeReading(() => here.log));
    describe('size', () => describeSize(() => here.log));

    test('what was appended is there after a restart, and what was consumed does not come again', async () => {
      await here.log.append(TOPIC, numbered('a', 3));
      const first = collector();
      const subscription = await here.log.subscribe(TOPIC, 'group', first.take);
      await first.until(3);
      await subscription.stop();
      await here.log.append(TOPIC, numbered('b', 2));
      await here.close();
      here = await open(testName());
      const second = collector();
      await here.log.subscribe(TOPIC, 'group', second.take);
      await second.until(2);
      expect(second.values()).toEqual(['b0', 'b1']);
    });

    test('what was done of a batch that was rejected does not come again after a restart', async () => {
      await here.log.append(TOPIC, numbered('a', 5));
      const tried: string[] = [];
      const subscription = await here.log.subscribe(TOPIC, 'group', async (records, done) => {
        tried.push(...records.map(({ value }) => value));
        done(records.find(({ value }) => value === 'a2')?.position ?? -1);
        throw new Error('the rest could not be done');
      });
      await until(() => tried.includes('a2'));
      await subscription.stop();
      await here.close();
      here = await open(testName());
      const rest = collector();
      await here.log.subscribe(TOPIC, 'group', rest.take);
      await rest.until(2);
      expect(rest.values()).toEqual(['a3', 'a4']);
    });

    test('what another process appends is seen', async () => {
      const seen = collector();
      await here.log.subscribe(TOPIC, 'group', seen.take);
      const other = await again();
      await other.log.append(TOPIC, numbered('a', 3));
      await seen.until(3);
      await here.log.append(TOPIC, numbered('b', 1));
      await other.log.append(TOPIC, numbered('c', 1));
      await seen.until(5);
      expect(seen.values()).toEqual(['a0', 'a1', 'a2', 'b0', 'c0']);
    });
  });
}

function describeDelivery(log: () => Log): void {
  test('records of a key come in the order they were appended, none skipped and none twice', async () => {
    const seen = collector();
    await log().subscribe(TOPIC, 'group', seen.take);
    const appends: Promise<void>[] = [];
    for (let n = 0; n < 600; n++) appends.push(log().append(TOPIC, [{ key: `k${n % 7}`, value: `${n}` }]));
    await Promise.all(appends);
    await seen.until(600);
    for (let key = 0; key < 7; key++) {
      const values = seen.records.filter((record) => record.key === `k${key}`).map((record) => Number(record.value));
      expect(values).toEqual(Array.from({ length: Math.ceil((600 - key) / 7) }, (_, n) => n * 7 + key));
    }
  });

  test('a batch is of one partition, its positions rise, and a key stays in its partition', async () => {
    const batches: LogRecord[][] = [];
    await log().append(TOPIC, numbered('a', 50));
    await log().append(TOPIC, numbered('a', 50));
    const seen = collector();
    await log().subscribe(TOPIC, 'group', async (records) => {
      batches.push([...records]);
      await seen.take(records);
    });
    await seen.until(100);
    const partitions = new Map<string, number>();
    for (const batch of batches) {
      expect(new Set(batch.map((record) => record.partition)).size).toBe(1);
      const positions = batch.map((record) => record.position);
      expect(positions).toEqual([...new Set(positions)].sort((a, b) => a - b));
      for (const { key, partition, topic } of batch) {
        expect(partitions.get(key) ?? partition).toBe(partition);
        partitions.set(key, partition);
        expect(topic).toBe(TOPIC);
      }
    }
  });

  test('a new group begins with the oldest record, and each group gets every record', async () => {
    await log().append(TOPIC, numbered('a', 2));
    const [one, two] = [collector(), collector()];
    await log().subscribe(TOPIC, 'one', one.take);
    await one.until(2);
    await log().append(TOPIC, numbered('b', 1));
    await log().subscribe(TOPIC, 'two', two.take);
    await Promise.all([one.until(3), two.until(3)]);
    expect(one.values()).toEqual(['a0', 'a1', 'b0']);
    expect(two.values()).toEqual(['a0', 'a1', 'b0']);
  });

  test('topics are apart', async () => {
    const [events, receipts] = [collector(), collector()];
    await log().subscribe('onward.events', 'one', events.take);
    await log().subscribe('onward.receipts', 'two', receipts.take);
    await log().append('onward.events', numbered('e', 1));
    await log().append('onward.receipts', numbered('r', 1));
    await Promise.all([events.until(1), receipts.until(1)]);
    expect(events.values()).toEqual(['e0']);
    expect(receipts.values()).toEqual(['r0']);
  });

  test('what a handler rejects comes again, whole and before anything later', async () => {
    await log().append(TOPIC, numbered('a', 2));
    const seen = collector();
    const tried: string[][] = [];
    await log().subscribe(TOPIC, 'group', async (records) => {
      tried.push(records.map((record) => record.value));
      if (tried.length === 1) {
        await log().append(TOPIC, numbered('b', 1));
        throw new Error('the effect did not happen');
      }
      await seen.take(records);
    });
    await seen.until(3);
    expect(seen.values()).toEqual(['a0', 'a1', 'b0']);
    expect(tried[1]?.slice(0, 2)).toEqual(tried[0]);
  });

  test('the offset is not moved before the effect: what was in hand at a stop without success comes again', async () => {
    await log().append(TOPIC, numbered('a', 1));
    let tries = 0;
    const stuck = await log().subscribe(TOPIC, 'group', async () => {
      tries++;
      throw new Error('never');
    });
    await until(() => tries > 0);
    await stuck.stop();
    const seen = collector();
    await log().subscribe(TOPIC, 'group', seen.take);
    await seen.until(1);
    expect(seen.values()).toEqual(['a0']);
  });

  test('a stop waits for the batch in hand and hands over nothing more', async () => {
    await log().append(TOPIC, numbered('a', 1));
    let finish = () => {};
    let begun = 0;
    let ended = 0;
    const subscription = await log().subscribe(TOPIC, 'group', async () => {
      begun++;
      await new Promise<void>((resolve) => {
        finish = resolve;
      });
      ended++;
    });
    await until(() => begun === 1);
    let stopped = false;
    const stop = subscription.stop().then(() => {
      stopped = true;
    });
    await log().append(TOPIC, numbered('b', 1));
    await pause(30);
    expect(stopped).toBe(false);
    finish();
    await stop;
    expect([begun, ended]).toEqual([1, 1]);
    const rest = collector();
    await log().subscribe(TOPIC, 'group', rest.take);
    await rest.until(1);
    expect(rest.values()).toEqual(['b0']);
  });

  test('any text is kept as it is', async () => {
    const values = ['', '{}', 'no JSON', 'è日本🙂', '"\'; DROP TABLE events; --', 'x'.repeat(100_000)];
    const seen = collector();
    await log().append(
      TOPIC,
      values.map((value) => ({ key: 'k', value })),
    );
    await log().subscribe(TOPIC, 'group', seen.take);
    await seen.until(values.length);
    expect(seen.values()).toEqual(values);
  });
}

function describeProgress(log: () => Log): void {
  test('of a batch that was rejected only what is not done comes again', async () => {
    await log().append(TOPIC, numbered('a', 4));
    const seen: string[] = [];
    let failed = false;
    await log().subscribe(TOPIC, 'group', async (records, done) => {
      for (const { value, position } of records) {
        if (value === 'a2' && !failed) {
          failed = true;
          throw new Error('the effect did not happen');
        }
        seen.push(value);
        done(position);
      }
    });
    await until(() => seen.length >= 4);
    expect(seen).toEqual(['a0', 'a1', 'a2', 'a3']);
  });

  test('a partition whose handler rejects does not hold up the others', async () => {
    const keys = Array.from({ length: 40 }, (_, n) => `k${n}`);
    await log().append(
      TOPIC,
      keys.map((key) => ({ key, value: key })),
    );
    const seen = new Set<string>();
    const stuck: LogRecord[] = [];
    let tries = 0;
    const subscription = await log().subscribe(TOPIC, 'group', async (records) => {
      if (stuck.length === 0) stuck.push(...records);
      if (records[0]?.partition === stuck[0]?.partition) {
        tries++;
        throw new Error('it can never be consumed');
      }
      for (const { key } of records) seen.add(key);
    });
    const ends = await log().ends(TOPIC);
    const behind = async () => (await lagOf(log(), 'group')).filter(({ records }) => records > 0);
    await eventually(async () => tries >= 3 && (await behind()).length === 1);
    expect((await behind()).map(({ partition }) => partition)).toEqual([stuck[0]?.partition]);
    expect(stuck.some(({ key }) => seen.has(key))).toBe(false);
    expect(seen.size > 0).toBe(ends.size > 1);
    await subscription.stop();
  });
}

function describeNumbers(log: () => Log): void {
  test('the lag counts what was appended and not consumed', async () => {
    const seen = collector();
    const subscription = await log().subscribe(TOPIC, 'group', seen.take);
    await log().append(TOPIC, numbered('a', 3));
    await seen.until(3);
    await eventually(async () => (await behindOf(log(), 'group')) === 0);
    await subscription.stop();
    await log().append(TOPIC, numbered('b', 4));
    expect(await behindOf(log(), 'group')).toBe(4);
    const rest = collector();
    await log().subscribe(TOPIC, 'group', rest.take);
    await rest.until(4);
    await eventually(async () => (await behindOf(log(), 'group')) === 0);
  });

  test('the lag of a group that has not consumed anything yet counts everything', async () => {
    await log().append(TOPIC, numbered('a', 3));
    let tries = 0;
    const stuck = await log().subscribe(TOPIC, 'group', async () => {
      tries++;
      throw new Error('never');
    });
    await until(() => tries > 0);
    expect(await behindOf(log(), 'group')).toBe(3);
    await stuck.stop();
  });

  test('the ends are the positions of the newest records, and a topic without records has none', async () => {
    expect([...(await log().ends(TOPIC))]).toEqual([]);
    await log().append(
      TOPIC,
      Array.from({ length: 20 }, (_, n) => ({ key: `k${n}`, value: `${n}` })),
    );
    const newest = new Map<number, number>();
    const seen = collector();
    await log().subscribe(TOPIC, 'group', seen.take);
    await seen.until(20);
    for (const { partition, position } of seen.records) {
      newest.set(partition, Math.max(position, newest.get(partition) ?? -1));
    }
    expect(new Map(await log().ends(TOPIC))).toEqual(newest);
  });

  test('a log that takes records says so', async () => {
    await log().append(TOPIC, numbered('a', 1));
    expect(log().unavailable()).toBeNull();
  });
}

function describeReading(log: () => Log): void {
  test('what a group has not consumed is read after its position, and stays for it', async () => {
    await log().append(TOPIC, numbered('a', 3));
    const seen = collector();
    const subscription = await log().subscribe(TOPIC, 'group', seen.take);
    await seen.until(3);
    await eventually(async () => (await behindOf(log(), 'group')) === 0);
    await subscription.stop();
    await log().append(TOPIC, numbered('b', 4));
    const waiting = (await lagOf(log(), 'group')).filter(({ records }) => records > 0);
    const read = async (limit: number) => {
      const found = await Promise.all(
        waiting.map(({ partition, consumed }) => log().read(TOPIC, partition, consumed, limit)),
      );
      return found.flat().map(({ value }) => value);
    };
    expect(await read(10)).toEqual(['b0', 'b1', 'b2', 'b3']);
    expect(await read(2)).toEqual(['b0', 'b1']);
    expect(await behindOf(log(), 'group')).toBe(4);
    const rest = collector();
    await log().subscribe(TOPIC, 'group', rest.take);
    await rest.until(4);
    expect(rest.values()).toEqual(['b0', 'b1', 'b2', 'b3']);
  });
}

function describeSize(log: () => Log): void {
  test('a record that no log takes is rejected alone', async () => {
    const tooLarge = { key: 'key', value: 'x'.repeat(RECORD_BYTES_MAX) };
    const [before, refused, after] = await Promise.allSettled([
      log().append(TOPIC, numbered('a', 1)),
      log().append(TOPIC, [tooLarge]),
      log().append(TOPIC, numbered('b', 1)),
    ]);
    expect([before.status, after.status]).toEqual(['fulfilled', 'fulfilled']);
    expect(refused).toMatchObject({ reason: expect.any(RecordTooLarge) });
    const seen = collector();
    await log().subscribe(TOPIC, 'group', seen.take);
    await seen.until(2);
    expect(seen.values()).toEqual(['a0', 'b0']);
  });

  test('records as large as a log takes them are taken, many at once', async () => {
    const value = 'é'.repeat((RECORD_BYTES_MAX - 4) / 2);
    await Promise.all(Array.from({ length: 5 }, (_, n) => log().append(TOPIC, [{ key: `key${n}`, value }])));
    const seen = collector();
    await log().subscribe(TOPIC, 'group', seen.take);
    await seen.until(5);
    expect(seen.values().every((one) => one === value)).toBe(true);
  });

  test('many appends at once are all there, in the order they were made', async () => {
    await Promise.all(Array.from({ length: 5_000 }, (_, n) => log().append(TOPIC, [{ key: 'k', value: `${n}` }])));
    const seen = collector();
    await log().subscribe(TOPIC, 'group', seen.take);
    await seen.until(5_000);
    expect(seen.values()).toEqual(Array.from({ length: 5_000 }, (_, n) => `${n}`));
  });

  test('an append of nothing resolves', async () => {
    await expect(log().append(TOPIC, [])).resolves.toBeUndefined();
  });
}

async function lagOf(log: Log, group: string) {
  return (await log.lag()).filter((lag) => lag.topic === TOPIC && lag.group === group);
}

async function behindOf(log: Log, group: string): Promise<number> {
  return (await lagOf(log, group)).reduce((sum, { records }) => sum + records, 0);
}

function numbered(prefix: string, count: number): { key: string; value: string }[] {
  return Array.from({ length: count }, (_, n) => ({ key: 'key', value: `${prefix}${n}` }));
}

function collector() {
  const records: LogRecord[] = [];
  return {
    records,
    take: async (batch: readonly LogRecord[]) => void records.push(...batch),
    values: () => records.map((record) => record.value),
    until: (count: number) => until(() => records.length >= count),
  };
}

const PATIENCE_MS = 10_000;

async function until(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not come to that in time');
    await pause(2);
  }
}

async function eventually(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come to that in time');
    await pause(20);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
