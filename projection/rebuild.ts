import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openDatabase } from '../sqlite/open';
import type { ProjectionSteps } from './contract';

const VIEWS = 'views.db';
const REBUILT = 'views.rebuilt.db';

/**
 * Builds the read model and the rollups anew from the whole log, beside the old ones, and puts them in their place. To
 * be run while nothing else has the folder open; ended halfway, it leaves the old ones as they were.
 * @throws where there is no log, and where retention has swept events from it: what was counted of them stands in the
 *   old rollups alone
 */
export async function rebuildViews(
  dataFolder: string,
  open: (viewsName: string) => Promise<ProjectionSteps>,
): Promise<void> {
  if (!existsSync(join(dataFolder, 'onward.db'))) throw new Error(`there is no onward.db in “${dataFolder}”`);
  if (!logIsWhole(join(dataFolder, 'onward.db'))) {
    throw new Error(
      'the log does not hold every event any more (retention), and the read model would miss what was swept; ' +
        `to have one of what is left, remove ${VIEWS} and start the server`,
    );
  }
  removeDatabase(join(dataFolder, REBUILT));
  const projector = await open(REBUILT);
  try {
    while (await projector.step());
  } finally {
    await projector.close();
  }
  removeDatabase(join(dataFolder, VIEWS));
  // The writer has moved its write-ahead log into the file before it closed: the file is all there is.
  renameSync(join(dataFolder, REBUILT), join(dataFolder, VIEWS));
  removeDatabase(join(dataFolder, REBUILT));
}

/** Positions count from 1 without gaps: a group that was not written takes none. */
function logIsWhole(file: string): boolean {
  const db = openDatabase(file, { durability: 'full', readonly: true });
  try {
    const row = db.prepare('SELECT count(*) AS rows, max(position) AS newest FROM events').get([]);
    const { rows, newest } = row as { rows: number; newest: number | null };
    return rows === (newest ?? 0);
  } finally {
    db.close();
  }
}

function removeDatabase(file: string): void {
  for (const suffix of ['-wal', '-shm', '']) rmSync(file + suffix, { force: true });
}
