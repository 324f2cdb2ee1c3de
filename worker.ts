import { composeWorker } from './cli/compose-worker';
import { checkSecret, keptSecret, prepareDataFolder } from './cli/data-folder';
import { leave, sentenceOf, signalled } from './cli/leave';
import { createLogger } from './cli/logger';
import { readSettings, StartError } from './cli/settings';
import { linkTemporal } from './cli/temporal-link';

/** The Temporal worker process: decides for the runs and sends for them; as many of it as are wanted. */
async function main(): Promise<void> {
  const stopWanted = signalled();
  const settings = readSettings(process.env, 'worker');
  prepareDataFolder(settings.dataFolder);
  const secret = keptSecret(settings.dataFolder, 'secret', settings.secret, '').text;
  checkSecret(settings.dataFolder, secret);
  const logger = createLogger(settings.logLevel);
  const link = await linkTemporal(process.env, { secret, serviceName: 'onward-worker', logger });
  if (!link) throw new StartError('TEMPORAL_ADDRESS is not set, and a worker is nothing without it. Set it.');
  const house = await composeWorker({ settings, secret, link, logger });
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
