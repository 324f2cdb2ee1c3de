import { StartError } from './settings';

/** The longest that a stop may take; what is not finished then is carried out again at the next start. */
const STOP_PATIENCE_MS = 9_000;

/**
 * Resolves once we are asked to leave, or the process that started us as its own is gone. Heard from the call on: a
 * signal during a start is heeded at its end.
 */
export function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    process.once('disconnect', () => resolve());
    // It may have gone before we listened.
    if (process.connected === false) resolve();
  });
}

/** Stops and ends the process, with status 0, or 1 where the stop was not clean. */
export async function leave(stop: () => Promise<void>): Promise<void> {
  const timer = setTimeout(() => {
    console.error('onward: what was in hand did not finish in time; it is carried out again at the next start');
    process.exit(0);
  }, STOP_PATIENCE_MS);
  let status = 0;
  try {
    await stop();
  } catch (error) {
    status = 1;
    console.error(`onward: the stop was not clean: ${(error as Error).message}; nothing that was answered is lost`);
  }
  clearTimeout(timer);
  process.exit(status);
}

const DISK_FULL: ReadonlySet<string> = new Set(['SQLITE_FULL', 'ENOSPC', 'EDQUOT', 'EFBIG']);

/** What went wrong with a start, in one line that says how to mend it where we know. */
export function sentenceOf(error: unknown): string {
  if (error instanceof StartError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') {
    return `ONWARD_DATA holds a file that is damaged (${message}). Put back a copy of the folder, or set ONWARD_DATA to another.`;
  }
  if (code !== undefined && DISK_FULL.has(code)) return 'ONWARD_DATA stands on a disk that is full. Free some space.';
  if (code?.startsWith('SQLITE_IOERR') || code?.startsWith('SQLITE_READONLY') || code?.startsWith('SQLITE_CANTOPEN')) {
    return `ONWARD_DATA cannot be read or written (${message}). See whether its disk is full, or set it to another folder.`;
  }
  return `the start failed: ${message}`;
}
