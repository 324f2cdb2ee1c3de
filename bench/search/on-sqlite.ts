import { join } from 'node:path';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import type { InvocationQuery, Store } from '../../store/contract';
import { createSeal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';
import { createSqliteViews } from '../../store/sqlite/views';
import { type Spread, spreadOf } from '../load/percentile';
import { throwawayFolder } from '../throwaway-folder';
import { searchWorld } from './made-runs';
import { type Asked, QUERIES } from './queries';

const BATCH = 2_000;
const PAGE = 50;

export interface Searched extends Pick<Asked, 'what'> {
  /** On the first page, of the last query. */
  found: number;
  ms: Spread;
  /** Processor time, on average: what a machine that is busy otherwise does not add to. */
  cpuMs: number;
}

export interface SearchTrial {
  searches: Searched[];
  /** What it took to put the runs on file. */
  writeSeconds: number;
}

/** Puts that many runs on file, by the projection's own writer, and asks each query that often. */
export async function searchOnSqlite(
  dataParent: string,
  { runs, times }: { runs: number; times: number },
  say: (progress: string) => void,
): Promise<SearchTrial> {
  const folder = throwawayFolder(dataParent);
  const group = new GroupCommit(openDatabase(join(folder.path, 'onward.db'), { durability: 'normal' }));
  const seal = createSeal('a secret for the benchmark alone');
  const viewsFile = join(folder.path, 'views.db');
  const store = openSqliteStore({
    group,
    viewsFile,
    callbacksFile: join(folder.path, 'callbacks.db'),
    seal,
    catalog: PROVIDER_CATALOG,
  });
  try {
    const writeSeconds = await writeRuns(store, group, viewsFile, { runs, hash: seal.hash, say });
    const searches: Searched[] = [];
    for (const asked of QUERIES) {
      searches.push(await ask(store, asked, runs, times));
      say(`${asked.what}: ${searches.at(-1)?.ms.p99.toFixed(1)} ms`);
    }
    return { searches, writeSeconds };
  } finally {
    await store.close();
    group.close();
    await folder.remove();
  }
}

interface Writing {
  runs: number;
  hash(address: string): string;
  say(progress: string): void;
}

/** @returns seconds */
async function writeRuns(
  store: Store,
  group: GroupCommit,
  viewsFile: string,
  { runs, hash, say }: Writing,
): Promise<number> {
  const world = await searchWorld(store);
  const views = createSqliteViews(viewsFile);
  const startedAt = performance.now();
  for (let first = 0; first < runs; first += BATCH) {
    const made = Array.from({ length: Math.min(BATCH, runs - first) }, (_, n) => world.made(first + n, runs, hash));
    for (const { record } of made) void store.records.put(record);
    await group.flushed();
    await views.write({
      partition: 0,
      position: first + made.length,
      created: made.map(({ view }) => view),
      runs: made.map(({ run }) => run),
      messages: made.flatMap(({ messages }) => messages),
      contributions: [],
    });
    if (first % 100_000 === 0) say(`${first.toLocaleString('en')} of ${runs.toLocaleString('en')} runs on file`);
  }
  await views.close();
  return (performance.now() - startedAt) / 1000;
}

async function ask(
  { invocations }: Store,
  { what, query, deep }: Asked,
  runs: number,
  times: number,
): Promise<Searched> {
  const tookMs: number[] = [];
  let cpuUs = 0;
  let found = 0;
  for (let n = 0; n < times; n++) {
    const asked: InvocationQuery = { mode: 'live', ...query(n, runs) };
    const cursor = deep ? await deepCursor(invocations, asked) : null;
    const cpu = process.cpuUsage();
    const startedAt = performance.now();
    const page = await invocations.search(asked, { limit: PAGE, cursor });
    tookMs.push(performance.now() - startedAt);
    const { user, system } = process.cpuUsage(cpu);
    cpuUs += user + system;
    found = page.items.length;
  }
  return { what, found, ms: spreadOf(tookMs), cpuMs: cpuUs / 1000 / times };
}

/** The cursor of a page far down. */
async function deepCursor(invocations: Store['invocations'], query: InvocationQuery): Promise<string | null> {
  let cursor: string | null = null;
  for (let page = 0; page < 5; page++) {
    ({ nextCursor: cursor } = await invocations.search(query, { limit: 200, cursor }, 'metadata'));
  }
  return cursor;
}
