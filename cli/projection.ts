import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { LogRecord } from '../log/contract';
import { rebuildViews } from '../projection/rebuild';
import { Complaint } from './complaint';
import { holdFolder } from './data-folder';
import { closeLinks, openLinks } from './house/links';
import { composeProjector } from './house/projection';
import { readSettings, type Settings } from './settings';
import type { Terminal } from './terminal';

/** `onward projection rebuild`: the read models anew; files while no server has the data folder, MongoDB at any time. */
export function addProjection(program: Command, terminal: Terminal): void {
  program
    .command('projection')
    .description('look after the read models')
    .command('rebuild')
    .description('build the read models anew from the events; where they are files stop the server first')
    .action(() => rebuild(terminal));
}

async function rebuild(terminal: Terminal): Promise<void> {
  const settings = readSettings(terminal.env, 'all');
  const { dataFolder } = settings;
  let unreadable = 0;
  const report = ({ partition, position }: LogRecord, cause: Error) => {
    unreadable += 1;
    terminal.err(`Record ${position} of partition ${partition} cannot be read: ${cause.message}`);
  };
  const key = () => settings.secret ?? keptSecret(dataFolder);
  if (settings.adapters.store === 'mongodb') await rebuildStore(terminal, key(), report);
  else await rebuildFiles(settings, key, report);
  if (unreadable > 0) throw new Complaint(`Rebuilt, without ${unreadable} records that cannot be read.`);
  terminal.out('The read models stand as the log has them.');
}

type Report = (record: LogRecord, cause: Error) => void;

async function rebuildFiles({ dataFolder, adapters }: Settings, key: () => string, report: Report): Promise<void> {
  if (!existsSync(join(dataFolder, 'onward.db'))) throw new Complaint(`ONWARD_DATA is “${dataFolder}”: no data there.`);
  const lock = holdFolder(dataFolder, 'all', adapters);
  try {
    const secret = key();
    await rebuildViews(dataFolder, (viewsName) => composeProjector({ dataFolder, viewsName, secret, report }));
  } finally {
    lock.release();
  }
}

/** The projection goes on meanwhile, and readers see the old until the new are whole. */
async function rebuildStore(terminal: Terminal, secret: string, report: Report): Promise<void> {
  const links = await openLinks({ MONGODB_URL: terminal.env.MONGODB_URL }, () => {});
  if (!links.mongo) throw new Complaint('MONGODB_URL is not set.');
  try {
    const { rebuildMongoViews } = await import('./house/projection-mongo');
    const shown = await rebuildMongoViews({ mongo: links.mongo, secret, report }, (partition, events) => {
      if (events > 0) terminal.out(`Partition ${partition}: ${events} events.`);
    });
    if (!shown) throw new Complaint('Another rebuild was done meanwhile; its read models stand.');
  } finally {
    await closeLinks(links);
  }
}

function keptSecret(folder: string): string {
  try {
    return readFileSync(join(folder, 'secret'), 'utf8').trim();
  } catch {
    throw new Complaint('There is no secret in ONWARD_DATA: set ONWARD_SECRET to the one the server runs with.');
  }
}
