import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { MODES } from '../schemas/vocabulary';
import type { Store } from '../store/contract';
import { keptSecret, markOfSecret } from './data-folder';
import type { House } from './house/house';
import type { Links } from './house/links';
import { type Settings, StartError } from './settings';

/** What a data folder, and a store on a server, must not be mixed up with. */

const ENGINE = 'engine';

type Marked = Pick<Settings, 'dataFolder' | 'adapters'>;

/**
 * What began in files does not move to a server by itself, nor back: runs would find neither address nor history. Only
 * the log of a data folder may move to Kafka: its events and receipts are carried there.
 * @throws StartError
 */
export function keepToPlaces({ dataFolder, adapters }: Marked): void {
  const kept = (name: string) => {
    const path = join(dataFolder, name);
    // Folders of before these marks have files.
    const usual = existsSync(join(dataFolder, ENGINE)) ? 'sqlite' : null;
    return existsSync(path) ? readFileSync(path, 'utf8').trim() : usual;
  };
  const { store, log } = adapters;
  const storeBefore = kept('store');
  if (storeBefore !== null && storeBefore !== store) {
    const how = store === 'mongodb' ? 'Unset MONGODB_URL' : 'Set MONGODB_URL';
    throw new StartError(
      `ONWARD_DATA is “${dataFolder}”, whose runs have their store in ${storeBefore === 'mongodb' ? 'MongoDB' : 'files'}. ${how}, or set ONWARD_DATA to another folder.`,
    );
  }
  if (kept('log') === 'kafka' && log !== 'kafka') {
    throw new StartError(
      `ONWARD_DATA is “${dataFolder}”, whose runs have their log in Kafka. Set KAFKA_BROKERS, or set ONWARD_DATA to another folder.`,
    );
  }
  writeFileSync(join(dataFolder, 'store'), `${store}\n`, { mode: 0o600 });
  writeFileSync(join(dataFolder, 'log'), `${log}\n`, { mode: 0o600 });
}

const OTHERS = { patienceMs: 15_000, lookEveryMs: 500 } as const;

/**
 * The embedded engine is one process: another would be given receipts of runs that it does not have. One that died is
 * missed by Kafka for 10 s.
 * @throws StartError
 */
export async function beAlone({ adapters }: Pick<Settings, 'adapters'>, { kafka }: Links): Promise<void> {
  if (!kafka || adapters.engine !== 'embedded') return;
  const until = Date.now() + OTHERS.patienceMs;
  while ((await kafka.members('engine')) > 0) {
    if (Date.now() > until) {
      throw new StartError(
        'KAFKA_BROKERS has another Onward that takes the receipts there, and the embedded engine is one process. Stop that one, set ONWARD_KAFKA_PREFIX to a name of this one’s own, or set TEMPORAL_ADDRESS.',
      );
    }
    await pause(OTHERS.lookEveryMs);
  }
}

/**
 * Runs stay with the engine that they began with: another would not know of the sends that are under way. So the engine
 * of a data folder, and of a store on a server, changes only while nothing runs. Each data folder has an embedded engine
 * of its own.
 * @throws StartError
 */
export async function keepToEngine(
  { dataFolder, adapters }: Marked,
  house: Pick<House, 'store' | 'local'>,
): Promise<void> {
  if (adapters.store === 'mongodb') return keepStoreToEngine({ dataFolder, adapters }, house.store);
  const path = join(dataFolder, ENGINE);
  const now = adapters.engine;
  const before = existsSync(path) ? readFileSync(path, 'utf8').trim() : 'embedded';
  if (now !== before && (openInJournal(house) || (await somethingRuns(house.store)))) {
    const how = before === 'temporal' ? 'set TEMPORAL_ADDRESS' : 'unset TEMPORAL_ADDRESS';
    throw new StartError(
      `ONWARD_DATA is “${dataFolder}”, which holds runs of the ${before} engine. Until they have ended ${how}, or set ONWARD_DATA to another folder.`,
    );
  }
  writeFileSync(path, `${now}\n`, { mode: 0o600 });
}

async function keepStoreToEngine({ dataFolder, adapters }: Marked, store: Store): Promise<void> {
  const now = adapters.engine === 'temporal' ? 'temporal' : `embedded ${folderId(dataFolder)}`;
  const before = await store.marks.keep(ENGINE, now);
  if (before === now) return;
  if (await somethingRuns(store)) {
    const mend =
      before === 'temporal'
        ? 'Until they have ended set TEMPORAL_ADDRESS, or set MONGODB_URL to another database.'
        : adapters.engine === 'temporal'
          ? 'Until they have ended unset TEMPORAL_ADDRESS and set ONWARD_DATA to that engine’s folder, or set MONGODB_URL to another database.'
          : 'Set ONWARD_DATA to that one, set MONGODB_URL to another database, or set TEMPORAL_ADDRESS: the embedded engine is one process.';
    const whose = before === 'temporal' ? 'the temporal engine' : 'the embedded engine of another ONWARD_DATA';
    throw new StartError(`MONGODB_URL is a store that holds runs of ${whose}. ${mend}`);
  }
  await store.marks.replace(ENGINE, before, now);
}

/** Exact, where the embedded engine was here: its own small table of what is open. */
function openInJournal({ local }: Pick<House, 'local'>): boolean {
  if (!local) return false;
  const { db } = local.group;
  if (!db.prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'open_runs'").get()) return false;
  return db.prepare('SELECT id FROM open_runs LIMIT 1').get() !== undefined;
}

async function somethingRuns(store: Store): Promise<boolean> {
  for (const mode of MODES) {
    const { items } = await store.invocations.search({ mode, status: 'running' }, { limit: 1, cursor: null });
    if (items.length > 0) return true;
  }
  return false;
}

/**
 * Sees to it that a store on a server is used with the secret that it was written with, and folds the log that its read
 * models were made from: with another one their positions would mean other records.
 * @throws StartError
 */
export async function checkStore(settings: Marked, secret: string, links: Links, store: Store): Promise<void> {
  if (!links.mongo) return;
  const mark = markOfSecret(secret);
  if ((await store.marks.keep('secret', mark)) !== mark) {
    throw new StartError(
      'ONWARD_SECRET is not the one that the data at MONGODB_URL was written with. Set it to that one, the same for all processes, or set MONGODB_URL to another database.',
    );
  }
  const log = links.kafka ? links.kafka.identity : `files ${folderId(settings.dataFolder)}`;
  const before = await store.marks.keep('log', log);
  if (before === log) return checkLength(links, store);
  const name = links.kafka ? 'KAFKA_BROKERS' : 'ONWARD_DATA';
  throw new StartError(
    `MONGODB_URL is a store whose read models were made from another log than that of ${name}. Set both to what belongs together, or set MONGODB_URL to another database.`,
  );
}

/** More than an installation has; of those that there are not nothing is known. */
const PARTITIONS_LOOKED_AT = 64;

/** A topic that was made anew begins at 0 again: what came in it would be taken for folded already. */
async function checkLength({ kafka }: Links, { invocations }: Store): Promise<void> {
  if (!kafka) return;
  const partitions = Array.from({ length: PARTITIONS_LOOKED_AT }, (_, partition) => partition);
  const reached = await Promise.all(partitions.map((partition) => invocations.foldedTo(partition)));
  // After the positions: a projection that runs meanwhile would be ahead of ends from before.
  const ends = await kafka.ends('onward.events');
  if (reached.every((position, partition) => (position ?? -1) <= (ends.get(partition) ?? -1))) return;
  throw new StartError(
    'KAFKA_BROKERS has fewer events than the store at MONGODB_URL was made from: its topics were made anew. Bring them back, or set MONGODB_URL to another database.',
  );
}

function folderId(dataFolder: string): string {
  return keptSecret(dataFolder, 'folder.id', null, '').text;
}
