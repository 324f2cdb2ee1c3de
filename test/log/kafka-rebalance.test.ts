import { setTimeout as pause } from 'node:timers/promises';
import type { LogRecord, Subscription } from '../../log/contract';
import type { KafkaLog } from '../../log/kafka/log';
import { freshName } from '../support/fresh-name';
import { withAdmin } from '../support/kafka-admin';
import { describeWithKafka } from '../support/kafka-server';
import { committed, firstOfEach, openLog, TOPIC, until } from './kafka-trial';

const KEYS = 20;
const JOININGS = 6;

describeWithKafka('members of a group that join and leave', (kafka) => {
  const logs: KafkaLog[] = [];
  const open = async (prefix: string, partitions = 6) => {
    const log = await openLog(kafka.brokers, prefix, partitions);
    logs.push(log);
    return log;
  };
  afterEach(() => Promise.all(logs.splice(0).map((log) => log.close())));

  test('while records flow: each is handled, those of a key in order, and no offset moves back', async () => {
    const prefix = `${freshName()}.`;
    const writer = await open(prefix);
    const handled: LogRecord[] = [];
    const inHand = new Map<string, number>();
    const overlaps: string[] = [];
    const join = async (member: number): Promise<Subscription> => {
      const log = await open(prefix);
      return log.subscribe(TOPIC, 'group', async (records, done) => {
        const place = `${member}/${records[0]?.partition}`;
        inHand.set(place, (inHand.get(place) ?? 0) + 1);
        if ((inHand.get(place) ?? 0) > 1) overlaps.push(place);
        for (const record of records) {
          await pause(1);
          handled.push(record);
          done(record.position);
        }
        inHand.set(place, (inHand.get(place) ?? 0) - 1);
      });
    };
    let flowing = true;
    let appended = 0;
    const flow = (async () => {
      for (; flowing; appended += KEYS) {
        const records = Array.from({ length: KEYS }, (_, key) => ({ key: `k${key}`, value: `${appended}` }));
        await writer.append(TOPIC, records);
        await pause(5);
      }
    })();
    const back = watchOffsets(kafka.brokers, prefix);
    const first = await join(0);
    for (let n = 1; n <= JOININGS; n++) {
      const another = await join(n);
      await pause(300);
      await another.stop();
    }
    flowing = false;
    await flow;
    const everything = () => new Set(handled.map(({ key, value }) => `${key}/${value}`)).size === appended;
    await until(everything, 'every record to be handled');
    for (const [, values] of firstOfEach(handled)) {
      expect(values.map(Number)).toEqual(values.map(Number).sort((a, b) => a - b));
    }
    expect(overlaps).toEqual([]);
    expect(await back()).toEqual([]);
    await first.stop();
    expect((await writer.lag()).filter(({ records }) => records > 0)).toEqual([]);
  }, 90_000);

  test('the partitions of one that leaves go on with the others, and what was done is not done again', async () => {
    const prefix = `${freshName()}.`;
    const [one, two] = [await open(prefix), await open(prefix)];
    const handled: string[] = [];
    const take = async (records: readonly LogRecord[]) => void handled.push(...records.map(({ value }) => value));
    const leaving = await one.subscribe(TOPIC, 'group', take);
    await one.append(
      TOPIC,
      Array.from({ length: 100 }, (_, n) => ({ key: `k${n}`, value: `a${n}` })),
    );
    await until(() => handled.length === 100, 'the first records');
    await two.subscribe(TOPIC, 'group', take);
    await leaving.stop();
    await one.append(
      TOPIC,
      Array.from({ length: 100 }, (_, n) => ({ key: `k${n}`, value: `b${n}` })),
    );
    await until(() => new Set(handled).size === 200, 'the rest');
    expect(handled.length).toBe(200);
  }, 60_000);
});

/** Looks at the committed offsets again and again. @returns stops, and tells each that was less than before */
function watchOffsets(brokers: string, prefix: string): () => Promise<string[]> {
  const back: string[] = [];
  let watching = true;
  const watch = withAdmin(brokers, async (admin) => {
    let before = new Map<number, number>();
    while (watching) {
      const now = await committed(admin, prefix, 'group');
      for (const [partition, offset] of now) {
        const last = before.get(partition) ?? -1;
        if (offset < last) back.push(`${partition}: ${last} -> ${offset}`);
      }
      before = now;
      await pause(10);
    }
  });
  return async () => {
    watching = false;
    await watch;
    return back;
  };
}
