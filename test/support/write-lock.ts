import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const HOLD = `
  const Database = require('libsql');
  const db = new Database(process.argv[1]);
  db.pragma('busy_timeout = 5000');
  db.exec('BEGIN IMMEDIATE');
  console.log('held');
  setTimeout(() => { db.exec('ROLLBACK'); db.close(); }, Number(process.argv[2]));
`;

/**
 * Another process holds the write lock of an SQLite file: nobody else can write to it, for that long. Resolves once it
 * has it; `released` once it has let go.
 */
export async function holdWriteLock(file: string, forMs: number): Promise<{ released: Promise<void> }> {
  const child = spawn(process.execPath, ['-e', HOLD, file, String(forMs)], {
    cwd: join(__dirname, '..', '..'),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const released = once(child, 'exit').then(([status]) => {
    if (status !== 0) throw new Error(`the holder of the lock ended with ${status}`);
  });
  released.catch(() => {});
  await Promise.race([once(child.stdout, 'data'), released]);
  return { released };
}
