import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LogUnavailable } from '../../log/contract';
import { SqliteLog } from '../../log/sqlite/log';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import { createSeal } from '../../store/seal';
import { describeLog } from '../conformance/log-suite';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();

describeLog('the SQLite log', async (testName) => {
  const file = `${createHash('sha256').update(testName).digest('hex')}.db`;
  const group = new GroupCommit(openDatabase(join(folder, file), { durability: 'full' }));
  const log = new SqliteLog(group, { pollMs: 5 });
  return {
    log,
    async close() {
      await log.close();
      group.close();
    },
  };
});

test('records whose group could not be written are not in the log', async () => {
  const group = new GroupCommit(openDatabase(join(folder, 'failing.db'), { durability: 'full' }));
  const log = new SqliteLog(group);
  const lost = log.append('onward.events', [{ key: 'k', value: 'lost' }]);
  group.write(() => {
    throw new Error('disk full');
  });
  await expect(lost).rejects.toThrow(LogUnavailable);
  await expect(lost).rejects.toThrow('disk full');
  expect(log.unavailable()).toContain('cannot be written');
  await log.append('onward.events', [{ key: 'k', value: 'kept' }]);
  expect((await log.read('onward.events', 0, 0, 10)).map((record) => record.value)).toEqual(['kept']);
  await log.close();
  group.close();
});

test('a reader with a position of its own reads on from it, as many as it asks for', async () => {
  const group = new GroupCommit(openDatabase(join(folder, 'reader.db'), { durability: 'full' }));
  const log = new SqliteLog(group);
  await log.append(
    'onward.receipts',
    ['a', 'b', 'c'].map((value) => ({ key: 'k', value })),
  );
  const read = async (after: number, limit: number) =>
    (await log.read('onward.receipts', 0, after, limit)).map(({ value }) => value);
  expect(await read(0, 2)).toEqual(['a', 'b']);
  expect(await read(2, 10)).toEqual(['c']);
  expect(await read(3, 10)).toEqual([]);
  await log.close();
  group.close();
});

test('what the one group of a topic has consumed is let go, and positions go on from there', async () => {
  const group = new GroupCommit(openDatabase(join(folder, 'trimmed.db'), { durability: 'full' }));
  const log = new SqliteLog(group);
  const append = (value: string) => log.append('onward.receipts', [{ key: 'k', value }]);
  for (const value of ['a', 'b', 'c']) await append(value);
  let taken = 0;
  const subscription = await log.subscribe('onward.receipts', 'spool', async (records) => {
    taken += records.length;
  });
  while (taken < 3) await new Promise((resolve) => setImmediate(resolve));
  await subscription.stop();
  await append('d');
  expect(await log.trim('onward.receipts', 'spool', 2)).toBe(2);
  expect(await log.trim('onward.receipts', 'spool', 2)).toBe(1);
  expect(await log.trim('onward.receipts', 'spool', 2)).toBe(0);
  await append('e');
  const left = await log.read('onward.receipts', 0, 0, 10);
  expect(left.map(({ position, value }) => [position, value])).toEqual([
    [4, 'd'],
    [5, 'e'],
  ]);
  await log.close();
  group.close();
});

describe('what came of providers', () => {
  const seal = createSeal('a secret');
  const PHONE = '+393351234567';
  const RAW = JSON.stringify({ status: 'delivered', raw: { to: PHONE } });
  const PLAIN = JSON.stringify({ status: 'delivered', code: 'code-4711' });
  const DEAD = JSON.stringify({ cause: 'not JSON', value: `to=${PHONE}` });
  const openIn = (name: string, envelope?: typeof seal) => {
    const group = new GroupCommit(openDatabase(join(folder, name), { durability: 'full' }));
    return { group, log: new SqliteLog(group, { envelope }) };
  };
  const close = async ({ group, log }: ReturnType<typeof openIn>) => {
    await log.close();
    group.close();
  };
  const append = async ({ log }: ReturnType<typeof openIn>) => {
    await log.append(
      'onward.receipts',
      [RAW, PLAIN].map((value) => ({ key: 'k', value })),
    );
    await log.append('onward.receipts.dead', [{ key: 'k', value: DEAD }]);
  };
  const values = async ({ log }: ReturnType<typeof openIn>) => {
    const topics = ['onward.receipts', 'onward.receipts.dead'] as const;
    const found = await Promise.all(topics.map((topic) => log.read(topic, 0, 0, 10)));
    return found.flat().map(({ value }) => value);
  };
  const readable = (name: string, text: string) =>
    readdirSync(folder)
      .filter((file) => file.startsWith(name))
      .some((file) => readFileSync(join(folder, file)).toString('latin1').includes(text));

  test('is sealed in the file where it may hold an address, and comes back as it was', async () => {
    const opened = openIn('sealed.db', seal);
    await append(opened);
    expect(readable('sealed.db', PHONE)).toBe(false);
    expect(readable('sealed.db', 'code-4711')).toBe(true);
    expect(await values(opened)).toEqual([RAW, PLAIN, DEAD]);
    await close(opened);
  });

  test('and was left readable by an older version is sealed, or written over when it is let go', async () => {
    const older = openIn('readable.db');
    await append(older);
    await close(older);
    expect(readable('readable.db', PHONE)).toBe(true);
    const newer = openIn('readable.db', seal);
    expect(await values(newer)).toEqual([RAW, PLAIN, DEAD]);
    await (await newer.log.subscribe('onward.receipts', 'engine', async () => {})).stop();
    newer.group.db.prepare('UPDATE offsets SET position = 1').run();
    expect(await newer.log.trim('onward.receipts', 'engine', 10)).toBe(1);
    expect(await newer.log.closeReadable('onward.receipts', 0, 10)).toBe(2);
    expect(await newer.log.closeReadable('onward.receipts', 2, 10)).toBeNull();
    expect(await newer.log.closeReadable('onward.receipts.dead', 0, 10)).toBe(1);
    expect(await newer.log.closeReadable('onward.receipts.dead', 0, 10)).toBeNull();
    expect(await values(newer)).toEqual([PLAIN, DEAD]);
    await close(newer);
    expect(readable('readable.db', PHONE)).toBe(false);
  });
});
