import { existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProjectionSteps } from './contract';

const VIEWS = 'views.db';
const REBUILT = 'views.rebuilt.db';

/**
 * Builds the read model anew from the whole log, beside the old one, and puts it in its place. To be run while nothing
 * else has the folder open; ended halfway, it leaves the old one as it was.
 */
export async function rebuildViews(
  dataFolder: string,
  open: (viewsName: string) => Promise<ProjectionSteps>,
): Promise<void> {
  if (!existsSync(join(dataFolder, 'onward.db'))) throw new Error(`there is no onward.db in “${dataFolder}”`);
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

function removeDatabase(file: string): void {
  for (const suffix of ['-wal', '-shm', '']) rmSync(file + suffix, { force: true });
}
