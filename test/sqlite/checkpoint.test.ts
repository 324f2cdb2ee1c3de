import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { checkpointBeside } from '../../sqlite/checkpoint';
import { openDatabase } from '../../sqlite/open';
import { temporaryFolder } from '../support/temporary-folder';

const folder = temporaryFolder();
const MIB = 1024 * 1024;

test('a log that has grown is moved into the file, and a small one is left alone', () => {
  const file = join(folder, 'a.db');
  const writer = openDatabase(file, { durability: 'full' });
  const beside = openDatabase(file, { durability: 'full' });
  writer.exec('CREATE TABLE t (id INTEGER PRIMARY KEY, v BLOB)');
  checkpointBeside(beside, file);
  expect(statSync(file).size).toBeLessThan(MIB);
  const insert = writer.prepare<[Buffer[]]>('INSERT INTO t (v) VALUES (?)');
  for (let n = 0; n < 10; n++) insert.run([Buffer.alloc(4 * MIB)]);
  expect(statSync(file).size).toBeLessThan(MIB);
  checkpointBeside(beside, file);
  expect(statSync(file).size).toBeGreaterThan(40 * MIB);
  writer.close();
  beside.close();
});

test('a file that nobody has open yet is nothing to do', () => {
  const file = join(folder, 'b.db');
  const db = openDatabase(file, { durability: 'full' });
  expect(() => checkpointBeside(db, join(folder, 'none.db'))).not.toThrow();
  db.close();
});

test('a look at how long the log is lets go of none of the locks that keep another process from writing', () => {
  const file = join(folder, 'c.db');
  const db = openDatabase(file, { durability: 'full' });
  const beside = openDatabase(file, { durability: 'full' });
  db.exec('CREATE TABLE t (id INTEGER PRIMARY KEY)');
  checkpointBeside(beside, file);
  db.exec('BEGIN IMMEDIATE');
  checkpointBeside(beside, file);
  const script = `const Database = require('libsql');
    const db = new Database(process.argv[1]);
    db.pragma('busy_timeout = 0');
    try { db.exec('BEGIN IMMEDIATE'); console.log('writes'); } catch (error) { console.log(error.code); }`;
  const other = spawnSync(process.execPath, ['-e', script, file], { encoding: 'utf8' });
  expect(other.stdout.trim()).toBe('SQLITE_BUSY');
  db.exec('ROLLBACK');
  db.close();
  beside.close();
});
