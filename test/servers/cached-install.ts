import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, isAbsolute, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { holdExclusively } from '../../sqlite/exclusive';
import type { Job, Report } from './watched-run';

/** One way to get a server. */
export interface Way<Found> {
  /** Of the folder in the cache that holds it; that comes into being whole or not at all. */
  folder: string;
  /** Puts it into the job's folder: null when it stands there, else a clause that says why not. */
  make(job: Job): Promise<string | null>;
  /** What stands in a folder, tried; null where nothing does, or where it does not run on this machine. */
  open(folder: string): Promise<Found | null>;
}

interface Wanted<Found> {
  /** Such as Kafka. */
  name: string;
  ways: readonly Way<Found>[];
  /** A sentence, for where it cannot be had. */
  mend: string;
  env: NodeJS.ProcessEnv;
  report: Report;
}

const LOOK_EVERY_MS = 500;
const REPORT_EVERY_MS = 10_000;

/** Where installed servers are kept. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  // A relative path is to be ignored: https://specifications.freedesktop.org/basedir-spec/latest/
  const given = env.XDG_CACHE_HOME && isAbsolute(env.XDG_CACHE_HOME) ? env.XDG_CACHE_HOME : null;
  return join(given ?? join(env.HOME || homedir(), '.cache'), 'onward');
}

/** The files of that name on the PATH that can be run, in its order. */
export function onPath(name: string, env: NodeJS.ProcessEnv): string[] {
  const folders = (env.PATH ?? '').split(delimiter).filter(isAbsolute);
  return folders.map((folder) => join(folder, name)).filter(isExecutable);
}

export function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/**
 * What the first way that works has put into the cache folder, now or earlier: whatever is there already is taken
 * before anything is made. Null where no way works, after a line with every reason and the mend.
 */
export async function cachedInstall<Found>(wanted: Wanted<Found>): Promise<Found | null> {
  const cache = cacheFolder(wanted.env);
  const present = await openFirst(wanted.ways, cache);
  if (present) return present;
  try {
    const lock = await holdInstall(wanted, cache);
    try {
      // Another process may just have installed it.
      return (await openFirst(wanted.ways, cache)) ?? (await makeFirst(wanted, cache));
    } finally {
      lock.release();
    }
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    wanted.report(`${cache} cannot be written (${why}). Set XDG_CACHE_HOME to a folder of yours.`);
    return null;
  }
}

async function openFirst<Found>(ways: readonly Way<Found>[], cache: string): Promise<Found | null> {
  for (const way of ways) {
    const found = await way.open(join(cache, way.folder));
    if (found) return found;
  }
  return null;
}

/** One installs, whoever else wants to waits for that. The system lets go of the lock however its holder ends. */
async function holdInstall({ name, report }: Wanted<unknown>, cache: string): Promise<{ release(): void }> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const lock = holdExclusively(join(cache, `${name.toLowerCase()}.lock`));
    if (lock) return lock;
    if (waitedMs % REPORT_EVERY_MS === 0) {
      report(`Another process is installing ${name}: waiting for it (${waitedMs / 1000} s so far).`);
    }
    await pause(LOOK_EVERY_MS);
  }
}

async function makeFirst<Found>({ name, ways, mend, env, report }: Wanted<Found>, cache: string) {
  const reasons: string[] = [];
  for (const way of ways) {
    clearDrafts(way, cache);
    const draft = mkdtempSync(join(cache, draftPrefix(way)));
    try {
      const why = await way.make({ folder: draft, env, report });
      if (why === null && (await way.open(draft))) {
        const place = join(cache, way.folder);
        // What stood there did not run.
        rmSync(place, { recursive: true, force: true });
        renameSync(draft, place);
        report(`${way.folder} is installed: ${place}`);
        return await way.open(place);
      }
      reasons.push(why ?? `${way.folder} does not run here`);
      report(`  ${reasons.at(-1)}`);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  report(`${name} cannot be had: ${reasons.join('; ')}. ${mend}`);
  return null;
}

/** Of installs that were killed: whoever holds the lock is the only one at it. */
function clearDrafts(way: Way<unknown>, cache: string): void {
  mkdirSync(cache, { recursive: true });
  for (const name of readdirSync(cache)) {
    if (name.startsWith(draftPrefix(way))) rmSync(join(cache, name), { recursive: true, force: true });
  }
}

function draftPrefix({ folder }: Way<unknown>): string {
  return `${folder}.draft-`;
}
