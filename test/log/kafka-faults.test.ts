import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { buildSync } from 'esbuild';
import { type LogRecord, LogUnavailable } from '../../log/contract';
import { freshName } from '../support/fresh-name';
import { withAdmin } from '../support/kafka-admin';
import { describeWithKafka, describeWithKafkaProcess } from '../support/kafka-server';
import { temporaryFolder } from '../support/temporary-folder';
import { committed, firstOfEach, openLog, TOPIC, until } from './kafka-trial';

const KEYS = 10;
const folder = temporaryFolder();

describeWithKafka('a consumer that is killed', (kafka) => {
  const children: ChildProcess[] = [];
  afterAll(() => {
    for (const child of children) child.kill('SIGKILL');
  });

  test('leaves to others what it had not done, and nothing of what it had', async () => {
    const prefix = `${freshName()}.`;
    const log = await openLog(kafka.brokers, prefix);
    const values = Array.from({ length: 10 }, (_, n) => `r${n}`);
    await log.append(
      TOPIC,
      values.map((value) => ({ key: 'k', value })),
    );
    const bundle = join(folder, 'consumer.js');
    const entryPoints = [require.resolve('./kafka-consumer-process')];
    buildSync({ entryPoints, outfile: bundle, bundle: true, platform: 'node', logLevel: 'silent' });
    const child = spawn(process.execPath, [bundle, kafka.brokers, prefix, 'r6'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    children.push(child);
    await withAdmin(kafka.brokers, (admin) =>
      until(
        async () => [...(await committed(admin, prefix, 'group')).values()].includes(6),
        'the mark of what is done',
      ),
    );
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    const seen: string[] = [];
    await log.subscribe(TOPIC, 'group', async (records) => void seen.push(...records.map(({ value }) => value)));
    // The broker gives its partitions away once its session is over.
    await until(() => seen.length >= 4, 'the rest');
    expect(seen).toEqual(values.slice(6));
    await log.close();
  }, 60_000);
});

describeWithKafkaProcess('a broker', (start) => {
  test('that stops and comes back under load loses nothing that was acknowledged', async () => {
    const broker = await start();
    const log = await openLog(broker.brokers, '');
    const handled: LogRecord[] = [];
    await log.subscribe(TOPIC, 'group', async (records) => void handled.push(...records));
    const load = startLoad((key, value) => log.append(TOPIC, [{ key, value }]));
    await until(() => load.acknowledged.size > 100, 'the first records');
    await broker.stop();
    await until(() => log.unavailable() !== null, 'the log to be known to be away');
    const before = load.refusals.length;
    await until(() => load.refusals.length > before + 50, 'refusals');
    expect(load.refusals.every((error) => error instanceof LogUnavailable)).toBe(true);
    await broker.startAgain();
    const acknowledged = load.acknowledged.size;
    await until(() => load.acknowledged.size > acknowledged + 100, 'records to be taken again');
    expect(log.unavailable()).toBeNull();
    await load.stop();
    const has = () => new Set(handled.map(({ value }) => value));
    await until(
      () => [...load.acknowledged].every((value) => has().has(value)),
      'what was acknowledged to be handled',
      60_000,
    );
    for (const [, values] of firstOfEach(handled)) {
      expect(values.map(Number)).toEqual(values.map(Number).sort((a, b) => a - b));
    }
    await log.close();
  }, 150_000);

  test('that answers nothing any more is noticed within some seconds, and is used again when it does', async () => {
    const broker = await start();
    const log = await openLog(broker.brokers, '');
    await log.append(TOPIC, [{ key: 'k', value: 'before' }]);
    broker.freeze();
    const frozenAt = Date.now();
    await expect(log.append(TOPIC, [{ key: 'k', value: 'frozen' }])).rejects.toThrow(LogUnavailable);
    expect(Date.now() - frozenAt).toBeLessThan(6_000);
    const askedAt = Date.now();
    await expect(log.append(TOPIC, [{ key: 'k', value: 'known' }])).rejects.toThrow(LogUnavailable);
    await expect(log.lag()).rejects.toThrow(LogUnavailable);
    await expect(log.ends(TOPIC)).rejects.toThrow(LogUnavailable);
    expect(Date.now() - askedAt).toBeLessThan(5_000);
    broker.thaw();
    await until(() => log.unavailable() === null, 'the log to be back');
    await log.append(TOPIC, [{ key: 'k', value: 'after' }]);
    const seen: string[] = [];
    await log.subscribe(TOPIC, 'group', async (records) => void seen.push(...records.map(({ value }) => value)));
    await until(() => seen.includes('after'), 'the last record');
    expect(seen).toContain('before');
    expect(seen).not.toContain('known');
    await log.close();
  }, 90_000);
});

/** One append after the other for each key, whatever becomes of them. */
function startLoad(append: (key: string, value: string) => Promise<void>) {
  const acknowledged = new Set<string>();
  const refusals: unknown[] = [];
  let count = 0;
  let running = true;
  const one = async (key: string) => {
    for (; running; await pause(5)) {
      const value = `${count++}`;
      await append(key, value).then(
        () => acknowledged.add(value),
        (error) => refusals.push(error),
      );
    }
  };
  const load = Promise.all(Array.from({ length: KEYS }, (_, n) => one(`k${n}`)));
  return {
    acknowledged,
    refusals,
    async stop() {
      running = false;
      await load;
    },
  };
}
