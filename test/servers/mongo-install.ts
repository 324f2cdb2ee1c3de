import { execFile } from 'node:child_process';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { PACKAGE_ROOT } from '../../bench/package-root';
import { cachedInstall, cacheFolder, isExecutable, onPath, type Way } from './cached-install';
import { FERRETDB_MAIN, FERRETDB_MODULE, FERRETDB_VERSION } from './ferretdb-source';
import { type Report, watchedRun } from './watched-run';

/** A server that speaks MongoDB's wire protocol. */
export interface MongoInstall {
  make: 'MongoDB' | 'FerretDB';
  /** The executable. */
  file: string;
}

interface Search {
  env?: NodeJS.ProcessEnv;
  /** Ways to get one where none is installed, tried in this order. */
  ways?: readonly Way<MongoInstall>[];
}

const MONGOD_VERSION = '8.2.6';
const MONGOD = process.platform === 'win32' ? 'mongod.exe' : 'mongod';
const FERRETDB = process.platform === 'win32' ? 'ferretdb.exe' : 'ferretdb';
const CACHED_MONGOD = `mongod-${MONGOD_VERSION}`;
const CACHED_FERRETDB = `ferretdb-${FERRETDB_VERSION}`;
const ANSWERS_WITHIN_MS = 20_000;
/** A host that cannot be reached must not cost more than this: the build that comes next takes half a minute. */
const STALLED_AFTER_MS = 15_000;
const DOWNLOADED_WITHIN_MS = 10 * 60_000;
const BUILT_WITHIN_MS = 10 * 60_000;
const MEND =
  'Install MongoDB (https://www.mongodb.com/docs/manual/installation/) and see that `mongod` is on the PATH, or Go.';

/**
 * A server for tests: `mongod` from the PATH, what stands in the cache folder, or else mongod downloaded by
 * mongodb-memory-server, or else FerretDB built with Go (half a minute), and kept in the cache folder from then on.
 * @param report is given what is being done and, every 10 s, that it still goes on
 * @returns null where none can be had, after a line that says why and how to mend it
 */
export async function findMongo(report: Report, search: Search = {}): Promise<MongoInstall | null> {
  const { env = process.env, ways = [byDownload, byGo] } = search;
  for (const file of installedFiles(env)) {
    if (await runs(file)) return { make: makeOf(file), file };
    report(`${file} does not run as a MongoDB server: looking for another.`);
  }
  return cachedInstall({ name: 'MongoDB', ways, mend: MEND, env, report });
}

/**
 * What findMongo takes without installing or trying anything: where ONWARD_MONGO_SERVER points (so `npm test` hands
 * over what it found), PATH, cache folder. Null where there is none.
 */
export function installedMongo(env: NodeJS.ProcessEnv = process.env): MongoInstall | null {
  const cache = cacheFolder(env);
  const cached = [join(cache, CACHED_MONGOD, MONGOD), join(cache, CACHED_FERRETDB, FERRETDB)];
  const file = [...installedFiles(env), ...cached].find(isExecutable);
  return file === undefined ? null : { make: makeOf(file), file };
}

function installedFiles(env: NodeJS.ProcessEnv): string[] {
  const given = env.ONWARD_MONGO_SERVER ? [env.ONWARD_MONGO_SERVER] : [];
  return [...given, ...onPath(MONGOD, env)];
}

function makeOf(file: string): MongoInstall['make'] {
  return basename(file) === FERRETDB ? 'FerretDB' : 'MongoDB';
}

/** Not so a binary of another machine or for another processor, or another program of that name. */
async function runs(file: string): Promise<boolean> {
  const [args, expected] = makeOf(file) === 'FerretDB' ? [['-version'], /^FerretDB /] : [['--version'], /^db version /];
  try {
    const { stdout } = await promisify(execFile)(file, args, { timeout: ANSWERS_WITHIN_MS });
    return expected.test(stdout);
  } catch {
    return false;
  }
}

/** Whether it runs, and what it is called, in a folder of the cache. */
function opener(name: string): Way<MongoInstall>['open'] {
  return async (folder) => {
    const file = join(folder, name);
    return isExecutable(file) && (await runs(file)) ? { make: makeOf(file), file } : null;
  };
}

/** By mongodb-memory-server, from fastdl.mongodb.org. In a process of its own, as its download cannot be called off. */
const byDownload: Way<MongoInstall> = {
  folder: CACHED_MONGOD,
  async make(job) {
    job.report(`No MongoDB server is installed: downloading mongod ${MONGOD_VERSION} by mongodb-memory-server …`);
    const script = join(PACKAGE_ROOT, 'scripts', 'download-mongod.mjs');
    const work = {
      command: process.execPath,
      args: [script, job.folder, MONGOD_VERSION, MONGOD],
      doing: 'downloading',
      progress: () => `${(bytesIn(job.folder) / 1e6).toFixed(1)} MB`,
      stalledAfterMs: STALLED_AFTER_MS,
      withinMs: DOWNLOADED_WITHIN_MS,
    };
    const why = await watchedRun(work, job);
    return why === null ? null : `mongod could not be downloaded (${why})`;
  },
  open: opener(MONGOD),
};

/** From its source, by the Go module proxy: for machines that reach that one only. It keeps its data in SQLite files. */
const byGo: Way<MongoInstall> = {
  folder: CACHED_FERRETDB,
  async make(job) {
    job.report(`Building FerretDB ${FERRETDB_VERSION} with Go (about half a minute the first time) …`);
    writeFileSync(join(job.folder, 'main.go'), FERRETDB_MAIN);
    writeFileSync(join(job.folder, 'go.mod'), FERRETDB_MODULE);
    const work = {
      command: 'go',
      args: ['build', '-mod=mod', '-o', FERRETDB, '.'],
      doing: 'building',
      withinMs: BUILT_WITHIN_MS,
    };
    // No C compiler is needed.
    const why = await watchedRun(work, { ...job, env: { ...job.env, CGO_ENABLED: '0' } });
    return why === null ? null : `FerretDB could not be built (${why})`;
  },
  open: opener(FERRETDB),
};

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
