import { join } from 'node:path';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
let files = 0;

function open() {
  const file = join(folder, `${++files}.db`);
  const group = new GroupCommit(openDatabase(file, { durability: 'full' }));
  group.db.exec('CREATE TABLE words (id INTEGER PRIMARY KEY, word TEXT NOT NULL UNIQUE)');
  const other = openDatabase(file, { durability: 'full', readonly: true });
  const words = () =>
    (other.prepare('SELECT word FROM words ORDER BY id').all() as { word: string }[]).map((r) => r.word);
  return { group, table: group.table('words', ['word']), words };
}

test('everything of one turn is one transaction, in the order it was added', async () => {
  const { group, table, words } = open();
  const groups = new Set<Promise<void>>();
  group.onWritten((flushed) => groups.add(flushed));
  const expected = Array.from({ length: 100 }, (_, n) => `word ${n}`);
  for (const word of expected) table.add([word]);
  expect(words()).toEqual([]);
  await group.flushed();
  expect(words()).toEqual(expected);
  expect(groups.size).toBe(1);
  group.close();
});

test('a write sees the rows of its own group', async () => {
  const { group, table, words } = open();
  group.write(() => group.db.exec("UPDATE words SET word = 'changed' WHERE word = 'first'"));
  table.add(['first']);
  await group.flushed();
  expect(words()).toEqual(['changed']);
  group.close();
});

test('a group that cannot be written rejects and leaves nothing; the next one is written', async () => {
  const { group, table, words } = open();
  table.add(['good']);
  table.add(['twice']);
  table.add(['twice']);
  await expect(group.flushed()).rejects.toThrow(/UNIQUE/);
  expect(words()).toEqual([]);
  table.add(['next']);
  await group.flushed();
  expect(words()).toEqual(['next']);
  group.close();
});

test('a full disk rejects the group and leaves what was there', async () => {
  const { group, table, words } = open();
  table.add(['before']);
  await group.flushed();
  group.db.pragma('max_page_count = 10');
  for (let n = 0; n < 1000; n++) table.add([`${n}`.repeat(200)]);
  await expect(group.flushed()).rejects.toThrow(/full/);
  group.db.pragma('max_page_count = 100000');
  expect(words()).toEqual(['before']);
  table.add(['after']);
  await group.flushed();
  expect(words()).toEqual(['before', 'after']);
  group.close();
});

test('closing writes what was gathered', () => {
  const { group, table, words } = open();
  table.add(['last']);
  group.close();
  expect(words()).toEqual(['last']);
});
