import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { rebuildViews } from '../projection/rebuild';
import { PROVIDER_CATALOG } from '../providers/facts';
import { holdExclusively } from '../sqlite/exclusive';
import { Complaint } from './complaint';
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
  const release = holdFolder(dataFolder);
  let unreadable = 0;
  try {
    await rebuildViews({
      dataFolder,
      secret: secret ?? keptSecret(dataFolder),
      catalog: PROVIDER_CATALOG,
      report: ({ position }, cause) => {
        unreadable += 1;
        terminal.err(`Record ${position} of the log cannot be read: ${cause.message}`);
      },
    });
  } finally {
    release();
  }
  if (unreadable > 0) throw new Complaint(`Rebuilt, without ${unreadable} records that cannot be read.`);
  terminal.out('The read models stand as the log has them.');
}

/** As a server of every role holds it: neither can run beside the other. */
function holdFolder(folder: string): () => void {
  const locks = ['engine', 'projector'].map((name) => holdExclusively(join(folder, `${name}.lock`)));
  const release = () => {
    for (const lock of locks) lock?.release();
  };
  if (locks.every((lock) => lock !== null)) return release;
  release();
  throw new Complaint(`ONWARD_DATA is “${folder}”, which a running server has. Stop it first.`);
}

function keptSecret(folder: string): string {
  try {
    return readFileSync(join(folder, 'secret'), 'utf8').trim();
  } catch {
    throw new Complaint('There is no secret in ONWARD_DATA: set ONWARD_SECRET to the one the server runs with.');
  }
}
