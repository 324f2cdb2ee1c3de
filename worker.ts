import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkSecret, keptSecret, prepareDataFolder } from './cli/data-folder';
import { openLinks } from './cli/house/links';
import { linkTemporal } from './cli/house/temporal-link';
import { composeWorker } from './cli/house/worker';
import { leave, sentenceOf, signalled } from './cli/leave';
import { createFaultReporter, createLogger } from './cli/logger';
import { keepToPlaces } from './cli/marks';
import { readSettings, StartError } from './cli/settings';
import { version } from './package.json';
import { startTracing } from './tracing/start';

/** The Temporal worker process: decides for the runs and sends for them; as many of it as are wanted. */
async function main(): Promise<void> {
  const stopWanted = signalled();
  const settings = readSettings(process.env, 'worker');
  prepareDataFolder(settings.dataFolder);
  const secret = keptSecret(settings.dataFolder, 'secret', settings.secret, '').text;
  checkSecret(settings.dataFolder, secret);
  keepToPlaces(settings);
  if (settings.adapters.store === 'sqlite' && !existsSync(join(settings.dataFolder, 'onward.db'))) {
    const where = `ONWARD_DATA is “${settings.dataFolder}”, where no API has its data`;
    throw new StartError(`${where}. Start the API first, and set ONWARD_DATA to its folder, or MONGODB_URL for both.`);
  }
  const logger = createLogger(settings.logLevel);
  const tracing = await startTracing(process.env, { serviceName: 'onward-worker', logger });
  const link = await linkTemporal(process.env, { secret, tracing });
  if (!link) throw new StartError('TEMPORAL_ADDRESS is not set, and a worker is nothing without it. Set it.');
  const links = await openLinks(process.env, createFaultReporter(logger));
  const house = await composeWorker({ settings, secret, link, links, tracing, version, logger });
  const { address, namespace } = link.settings;
  console.log(
    `Onward worker for ${address}, namespace ${namespace}; metrics on http://${settings.host}:${house.port}/metrics`,
  );
  await Promise.race([stopWanted, house.running]);
  await leave(house.stop);
}

main().catch((error) => {
  console.error(`onward worker: ${sentenceOf(error)}`);
  process.exit(1);
});
