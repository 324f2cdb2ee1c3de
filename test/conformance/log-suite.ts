import type { Log, LogRecord } from '../../log/contract';

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
    await log().subscribe('onward.events', 'group', events.take);
    await log().subscribe('onward.receipts', 'group', receipts.take);
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

  test('the lag counts what was appended and not consumed', async () => {
    const seen = collector();
    const subscription = await log().subscribe(TOPIC, 'group', seen.take);
    await log().append(TOPIC, numbered('a', 3));
    await seen.until(3);
    await subscription.stop();
    const behind = async () => {
      const lags = await log().lag();
      return lags
        .filter((lag) => lag.topic === TOPIC && lag.group === 'group')
        .reduce((sum, lag) => sum + lag.records, 0);
    };
    await log().append(TOPIC, numbered('b', 4));
    expect(await behind()).toBe(4);
  });

  test('the lag of a group that has not consumed anything yet counts everything', async () => {
    await log().append(TOPIC, numbered('a', 3));
    let tries = 0;
    const stuck = await log().subscribe(TOPIC, 'group', async () => {
      tries++;
      throw new Error('never');
    });
    await until(() => tries > 0);
    const lags = await log().lag();
    expect(lags.filter((lag) => lag.group === 'group').reduce((sum, lag) => sum + lag.records, 0)).toBe(3);
    await stuck.stop();
  });

  test('a reader with a position of its own reads on from it, as many as it asks for', async () => {
    await log().append(TOPIC, [
      { key: 'k', value: 'a' },
      { key: 'k', value: 'b' },
      { key: 'k', value: 'c' },
    ]);
    const seen = collector();
    await log().subscribe(TOPIC, 'group', seen.take);
    await seen.until(3);
    const partition = seen.records[0]?.partition ?? 0;
    const first = await log().read(TOPIC, partition, 0, 2);
    expect(first.map((record) => record.value)).toEqual(['a', 'b']);
    const rest = await log().read(TOPIC, partition, first[1]?.position ?? 0, 10);
    expect(rest).toEqual(seen.records.slice(2));
    expect(await log().read(TOPIC, partition, rest[0]?.position ?? 0, 10)).toEqual([]);
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

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
