import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { holdExclusively } from '../sqlite/exclusive';
import { StartError, type StartRole } from './settings';

/** Makes the folder with mode 0700 and sees to it that it can be written. */
export function prepareDataFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    accessSync(folder, constants.W_OK);
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new StartError(`ONWARD_DATA is “${folder}”, which cannot be written (${why}). Set it to a folder of yours.`);
  }
}

/**
 * A secret that is given, or stands in the folder, or is made now and kept there with mode 0600.
 * @returns `made`: it did not exist before
 */
export function keptSecret(
  folder: string,
  file: string,
  given: string | null,
  prefix: string,
): { text: string; made: boolean } {
  if (given !== null) return { text: given, made: false };
  const path = join(folder, file);
  if (existsSync(path)) return { text: readFileSync(path, 'utf8').trim(), made: false };
  const text = `${prefix}${randomBytes(24).toString('base64url')}`;
  writeFileSync(path, `${text}\n`, { mode: 0o600, flag: 'wx' });
  return { text, made: true };
}

/**
 * One engine and one projector a data folder: two of them would send everything twice. Null for a role that may run
 * beside any other.
 * @throws StartError when another process has the folder
 */
export function holdFolder(folder: string, role: StartRole): { release(): void } | null {
  if (role === 'receipts') return null;
  const names = role === 'all' ? ['engine', 'projector'] : [role === 'api' ? 'engine' : 'projector'];
  const locks: { release(): void }[] = [];
  const release = () => {
    for (const lock of locks) lock.release();
  };
  for (const name of names) {
    const lock = holdExclusively(join(folder, `${name}.lock`));
    if (!lock) {
      release();
      throw new StartError(
        `ONWARD_DATA is “${folder}”, which another ${name} is using. Stop it, or set ONWARD_DATA to another folder.`,
      );
    }
    locks.push(lock);
  }
  return { release };
}
