import { statSync } from 'node:fs';
import type { SqliteDatabase } from './open';

const BYTES = { worthwhile: 32 * 1024 * 1024, tooLarge: 256 * 1024 * 1024 } as const;

/**
 * Moves the write-ahead log of `file` into it, from a connection other than the writer's. A passive checkpoint never
 * holds the writer up, but under steady load it never lets the log begin anew either; past 256 MiB the rest,
 * small by then, is moved while the writer waits a moment. The log keeps its size and is written over from its start:
 * syncing what a file already has costs half of what syncing its growth does.
 */
export function checkpointBeside(db: SqliteDatabase, file: string): void {
  if (walBytes(file) < BYTES.worthwhile) return;
  db.pragma('wal_checkpoint(PASSIVE)');
  if (walBytes(file) > BYTES.tooLarge) db.pragma('wal_checkpoint(RESTART)');
}

function walBytes(file: string): number {
  return statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0;
}
