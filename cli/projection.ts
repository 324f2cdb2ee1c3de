import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { rebuildViews } from '../projection/rebuild';
import { Complaint } from './complaint';
import { composeProjector } from './compose';
import { holdFolder } from './data-folder';
import { readSettings } from './settings';
import type { Terminal } from './terminal';

/** `onward projection rebuild`: the read models anew from the log, while no server has the data folder. */
export function addProjection(program: Command, terminal: Terminal): void {
  program
    .command('projection')
    .description('look after the read models')
    .command('rebuild')
    .description('build the read models anew from the log; stop the server first')
    .action(() => rebuild(terminal));
}

async function rebuild(terminal: Terminal): Promise<void> {
  const { dataFolder, secret } = readSettings(terminal.env, 'all');
  if (!existsSync(join(dataFolder, 'onward.db'))) throw new Complaint(`ONWARD_DATA is “${dataFolder}”: no data there.`);
  const lock = holdFolder(dataFolder, 'all');
  let unreadable = 0;
  try {
    const report = ({ position }: { position: number }, cause: Error) => {
      unreadable += 1;
      terminal.err(`Record ${position} of the log cannot be read: ${cause.message}`);
    };
    const key = secret ?? keptSecret(dataFolder);
    await rebuildViews(dataFolder, (viewsName) => composeProjector({ dataFolder, viewsName, secret: key, report }));
  } finally {
    lock?.release();
  }
  if (unreadable > 0) throw new Complaint(`Rebuilt, without ${unreadable} records that cannot be read.`);
  terminal.out('The read models stand as the log has them.');
}

function keptSecret(folder: string): string {
  try {
    return readFileSync(join(folder, 'secret'), 'utf8').trim();
  } catch {
    throw new Complaint('There is no secret in ONWARD_DATA: set ONWARD_SECRET to the one the server runs with.');
  }
}
