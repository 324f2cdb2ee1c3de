import { randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { holdExclusively } from '../sqlite/exclusive';
import { createSeal } from '../store/seal';
import { type Adapters, StartError, type StartRole } from './settings';

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
  if (keepOnce(path, text)) return { text, made: true };
  return { text: readFileSync(path, 'utf8').trim(), made: false };
}

/** Whole or not at all, and once: several roles may start on an empty folder together. False where it stood there. */
function keepOnce(path: string, text: string): boolean {
  // Not by the process's number: in containers many have the same.
  const draft = `${path}.${randomBytes(6).toString('hex')}`;
  writeFileSync(draft, `${text}\n`, { mode: 0o600 });
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return false;
  } finally {
    rmSync(draft);
  }
}

/** By which a secret is known again without being kept. */
export function markOfSecret(secret: string): string {
  return createSeal(secret).hash('onward');
}

/**
 * Sees to it that the folder is opened with the secret that it was written with: with another one, addresses and
 * variables cannot be read, and the receipts of messages on their way would be taken for forged.
 * @throws StartError
 */
export function checkSecret(folder: string, secret: string): void {
  const path = join(folder, 'secret.check');
  const mark = markOfSecret(secret);
  if (!existsSync(path) && keepOnce(path, mark)) return;
  if (readFileSync(path, 'utf8').trim() === mark) return;
  throw new StartError(
    `ONWARD_SECRET is not the one that the data in “${folder}” was written with. Set it to that one, or set ONWARD_DATA to another folder.`,
  );
}

/**
 * One engine, one projector and one that makes callbacks a data folder: two engines would send everything twice. Nothing is held for a role that
 * may run beside any other: on servers alone, any number of them shares the work.
 * @throws StartError when another process has the folder
 */
export function holdFolder(folder: string, role: StartRole, adapters: Adapters): { release(): void } {
  const locks: { release(): void }[] = [];
  const release = () => {
    for (const lock of locks) lock.release();
  };
  for (const name of heldAlone(role, adapters)) {
    const lock = holdExclusively(join(folder, `${name}.lock`));
    if (!lock) {
      release();
      const who = name === 'callbacks' ? 'process that makes callbacks' : name;
      throw new StartError(
        `ONWARD_DATA is “${folder}”, which another ${who} is using. Stop it, or set ONWARD_DATA to another folder.`,
      );
    }
    locks.push(lock);
  }
  return { release };
}

type HeldAlone = 'engine' | 'projector' | 'callbacks';

function heldAlone(role: StartRole, { engine, log, store }: Adapters): HeldAlone[] {
  const onServers = log === 'kafka' && store === 'mongodb';
  const names: HeldAlone[] = [];
  if ((role === 'all' || role === 'api') && !(onServers && engine === 'temporal')) names.push('engine');
  if ((role === 'all' || role === 'projector') && !onServers) names.push('projector');
  if ((role === 'all' || role === 'callbacks') && !onServers) names.push('callbacks');
  return names;
}
