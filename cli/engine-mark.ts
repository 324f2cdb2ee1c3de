import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MODES } from '../schemas/vocabulary';
import type { House } from './compose';
import { StartError } from './settings';

const FILE = 'engine';

/**
 * Runs stay with the engine that they began with: another would not know of the sends that are under way. So the engine
 * of a data folder changes only while nothing runs.
 * @throws StartError
 */
export async function keepToEngine(folder: string, house: House): Promise<void> {
  const path = join(folder, FILE);
  const now = house.embedded ? 'embedded' : 'temporal';
  const before = existsSync(path) ? readFileSync(path, 'utf8').trim() : 'embedded';
  if (now !== before && (await somethingRuns(house))) {
    const how = before === 'temporal' ? 'set TEMPORAL_ADDRESS' : 'unset TEMPORAL_ADDRESS';
    throw new StartError(
      `ONWARD_DATA is “${folder}”, which holds runs of the ${before} engine. Until they have ended ${how}, or set ONWARD_DATA to another folder.`,
    );
  }
  writeFileSync(path, `${now}\n`, { mode: 0o600 });
}

async function somethingRuns({ api, embedded, group }: House): Promise<boolean> {
  // Exact, where the embedded engine was here before: its own small table of what is open.
  const table = "SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'open_runs'";
  if (!embedded && group.db.prepare(table).get()) {
    if (group.db.prepare('SELECT id FROM open_runs LIMIT 1').get()) return true;
  }
  for (const mode of MODES) {
    const { items } = await api.store.invocations.search({ mode, status: 'running' }, { limit: 1, cursor: null });
    if (items.length > 0) return true;
  }
  return false;
}
