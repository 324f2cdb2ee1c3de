import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { SqliteDatabase } from './open';

/** In pages of 4 KiB: 32 MiB and 256 MiB. */
const FRAMES = { worthwhile: 8_192, tooMany: 65_536 } as const;

/** Where the log's index has them (https://www.sqlite.org/walformat.html, "The WAL-Index File Format"). */
const OFFSET = { framesInLog: 16, framesMoved: 96 } as const;

/**
 * Moves the write-ahead log of `file` into it, from a connection other than the writer's. A passive checkpoint never
 * holds the writer up, but under steady load it never lets the log begin anew either; past 256 MiB the rest, small by
 * then, is moved while the writer waits a moment. The log keeps its size and is written over from its start: to sync
 * what a file already has costs half of what it costs to sync its growth.
 */
export function checkpointBeside(db: SqliteDatabase, file: string): void {
  const log = readIndex(`${file}-shm`);
  if (log.frames - log.moved < FRAMES.worthwhile) return;
  db.pragma('wal_checkpoint(PASSIVE)');
  if (log.frames > FRAMES.tooMany) db.pragma('wal_checkpoint(RESTART)');
}

/** The log's length cannot be asked without a checkpoint; the file's size does not tell, as it never shrinks. */
function readIndex(file: string): { frames: number; moved: number } {
  const fd = opened(file);
  if (fd === null) return { frames: 0, moved: 0 };
  const index = Buffer.alloc(OFFSET.framesMoved + 4);
  readSync(fd, index, 0, index.length, 0);
  return { frames: index.readUInt32LE(OFFSET.framesInLog), moved: index.readUInt32LE(OFFSET.framesMoved) };
}

const descriptors = new Map<string, number>();

/**
 * Opened once and never closed while SQLite has the file: POSIX lets go of all locks that a process has on a file as
 * soon as it closes any descriptor of it, SQLite's own among them, and then two processes write at once.
 * @see https://www.sqlite.org/howtocorrupt.html, section 2.2
 */
function opened(file: string): number | null {
  const now = statSync(file, { throwIfNoEntry: false });
  const held = descriptors.get(file);
  if (held !== undefined && fstatSync(held).ino === now?.ino) return held;
  descriptors.delete(file);
  // Another file by that name has taken its place: nobody has locks on this one any more.
  if (held !== undefined) closeSync(held);
  if (!now) return null;
  const fd = openSync(file, 'r');
  descriptors.set(file, fd);
  return fd;
}
