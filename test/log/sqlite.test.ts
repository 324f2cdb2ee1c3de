import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { SqliteLog } from '../../log/sqlite';
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
  await expect(lost).rejects.toThrow('disk full');
  await log.append('onward.events', [{ key: 'k', value: 'kept' }]);
  expect((await log.read('onward.events', 0, 0, 10)).map((record) => record.value)).toEqual(['kept']);
  await log.close();
  group.close();
});
