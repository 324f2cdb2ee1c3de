import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { LogUnavailable } from '../../log/contract';
import { SqliteLog } from '../../log/sqlite/log';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
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
  await log.trim('onward.receipts', 'spool');
  await append('e');
  const left = await log.read('onward.receipts', 0, 0, 10);
  expect(left.map(({ position, value }) => [position, value])).toEqual([
    [4, 'd'],
    [5, 'e'],
  ]);
  await log.close();
  group.close();
});
