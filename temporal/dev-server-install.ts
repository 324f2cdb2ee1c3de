import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { holdExclusively } from '../sqlite/exclusive';
import type { Report, Route } from './dev-server-routes';

/** Where the binary is kept. */
export interface Place {
  /** Holds the lock and what is being made. */
  folder: string;
  version: string;
  file: string;
}

interface Means {
  routes: readonly Route[];
  env: NodeJS.ProcessEnv;
  report: Report;
  works(file: string): Promise<boolean>;
}

const LOOK_EVERY_MS = 500;
const REPORT_EVERY_MS = 10_000;

/** The file, put in its place by the first route that works; null where none does, after a line with the mend. */
export async function installCli(place: Place, means: Means): Promise<string | null> {
  try {
    const lock = await holdInstall(place, means.report);
    try {
      // Another process may just have installed it.
      if (await means.works(place.file)) return place.file;
      return await tryRoutes(place, means);
    } finally {
      lock.release();
    }
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    means.report(`${place.folder} cannot be written (${why}). Set XDG_CACHE_HOME to a folder of yours.`);
    return null;
  }
}

/** One installs, whoever else wants to waits for that. The system lets go of the lock however its holder ends. */
async function holdInstall({ folder }: Place, report: Report): Promise<{ release(): void }> {
  for (let waitedMs = 0; ; waitedMs += LOOK_EVERY_MS) {
    const lock = holdExclusively(join(folder, 'temporal-cli.lock'));
    if (lock) return lock;
    if (waitedMs % REPORT_EVERY_MS === 0) {
      report(`Another process is installing the Temporal CLI: waiting for it (${waitedMs / 1000} s so far).`);
    }
    await pause(LOOK_EVERY_MS);
  }
}

async function tryRoutes(place: Place, { routes, env, report, works }: Means): Promise<string | null> {
  const { folder, version, file } = place;
  clearLeftovers(place);
  const reasons: string[] = [];
  for (const route of routes) {
    const draft = mkdtempSync(join(folder, draftPrefix(place)));
    try {
      const got = await route({ folder: draft, version, binary: basename(file), env, report });
      if (got.ok && (await works(got.file))) {
        mkdirSync(dirname(file), { recursive: true });
        // Whole or not at all: nobody ever finds half a binary there.
        renameSync(got.file, file);
        report(`The Temporal CLI ${version} is installed: ${file}`);
        return file;
      }
      reasons.push(got.ok ? `what ${route.name} brought does not run here` : got.why);
    } finally {
      rmSync(draft, { recursive: true, force: true });
    }
  }
  report(
    `The Temporal CLI cannot be had: ${reasons.join('; ')}. Install it (https://docs.temporal.io/cli) and see that \`temporal\` is on the PATH.`,
  );
  return null;
}

/** Of installs that were killed: whoever holds the lock is the only one at it. */
function clearLeftovers(place: Place): void {
  for (const name of readdirSync(place.folder)) {
    if (name.startsWith(draftPrefix(place))) rmSync(join(place.folder, name), { recursive: true, force: true });
  }
}

function draftPrefix({ version }: Place): string {
  return `temporal-cli-${version}.draft-`;
}
