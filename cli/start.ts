import { join } from 'node:path';
import { createServer } from '../api/server';
import { startTemplateSync } from '../api/template-sync';
import packageJson from '../package.json';
import { createProjectionMetrics } from '../projection/metrics';
import { startProjectionThread } from '../projection/start-thread';
import { startRetention } from '../store/retention';
import type { OpenTracing } from '../tracing/open';
import { startTracing } from '../tracing/start';
import { checkSecret, holdFolder, keptSecret, prepareDataFolder } from './data-folder';
import { type Door, openDoor } from './door';
import { ensureKeys, publishExamples } from './first-start';
import { compose, type House, type HouseOptions } from './house/house';
import { type Links, openLinks } from './house/links';
import { type RunningProjection, startProjection } from './house/projection';
import { linkTemporal } from './house/temporal-link';
import { leave, sentenceOf, signalled } from './leave';
import { createFaultReporter, createLogger } from './logger';
import { beAlone, checkStore, keepToEngine, keepToPlaces } from './marks';
import { readSettings, type Settings, StartError, type StartRole } from './settings';
import { openSideDoor } from './side-door';
import { startWorkerBeside } from './worker-beside';

/** `onward start`: sets the exit status and says in one line what has to be mended when it cannot work. */
export async function start(options: { role?: string }): Promise<void> {
  try {
    const settings = readSettings(process.env, (options.role ?? 'all') as StartRole);
    const stopWanted = signalled();
    const stop = await run(settings);
    void stopWanted.then(() => leave(stop));
  } catch (error) {
    console.error(`onward: ${sentenceOf(error)}`);
    process.exit(1);
  }
}

/** What stands of a process, to be taken down again. */
interface Standing {
  door: Pick<Door, 'shut'> | null;
  projection: Pick<RunningProjection, 'stop'> | null;
  retention: { stop(): Promise<void> } | null;
  templateSync: { stop(): void } | null;
  stopWorker: (() => Promise<void>) | null;
}

/** What every part of a process is made with. */
interface Ground {
  settings: Settings;
  secret: string;
  links: Links;
  house: House;
}

/** Starts the roles and resolves, once they stand, with the way to stop them. */
async function run(settings: Settings): Promise<() => Promise<void>> {
  const { dataFolder, role } = settings;
  prepareDataFolder(dataFolder);
  const lock = holdFolder(dataFolder, role, settings.adapters);
  const secret = keptSecret(dataFolder, 'secret', settings.secret, '').text;
  checkSecret(dataFolder, secret);
  keepToPlaces(settings);
  const logger = createLogger(settings.logLevel);
  const links = await openLinks(process.env, createFaultReporter(logger));
  const tracing = await startTracing(process.env, { serviceName: serviceNameOf(role), logger });
  const engine = await engineOf(settings, secret, tracing);
  const { version } = packageJson;
  const house = await compose({ ...settings, secret, version, logger, links, engine, tracing });
  const standing: Standing = { door: null, projection: null, retention: null, templateSync: null, stopWorker: null };
  const stop = async () => {
    const shut = standing.door?.shut();
    // It finishes what is in hand and leaves, while here the same is done.
    const workerStopped = standing.stopWorker?.();
    // Meanwhile: whoever waits for a run to end is answered by the engine's stop.
    await house.stopEngine();
    await shut;
    await workerStopped;
    standing.templateSync?.stop();
    await standing.retention?.stop();
    await standing.projection?.stop();
    await tracing?.shutdown();
    await house.close();
    lock.release();
  };
  try {
    await checkStore(settings, secret, links, house.store);
    await startRoles({ settings, secret, links, house }, standing);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

/** Receipts are handed to the embedded engine by its own process; to Temporal by whoever reads them in Kafka. */
async function engineOf(
  { role, adapters }: Settings,
  secret: string,
  tracing: OpenTracing | null,
): Promise<HouseOptions['engine']> {
  const here = role === 'all' || role === 'api';
  const signals = role === 'receipts' && adapters.engine === 'temporal' && adapters.log === 'kafka';
  if (!here && !signals) return 'elsewhere';
  return (await linkTemporal(process.env, { secret, tracing })) ?? 'embedded';
}

/** What a process is called in traces: who has the API has the name that there was before roles. */
function serviceNameOf(role: StartRole): string {
  return `onward-${role === 'all' ? 'api' : role}`;
}

async function startRoles(ground: Ground, standing: Standing): Promise<void> {
  const { settings, house } = ground;
  const { role, adapters } = settings;
  if (role === 'projector') return startProjector(ground, standing);
  let stands = false;
  const api = { ...house.api, only: role === 'receipts' ? role : undefined, starting: () => !stands };
  // Before a key is made or a message sent: the port may be in use. Until the engine stands /readyz says that it starts.
  const door = await openDoor(createServer(api), settings);
  standing.door = door;
  // The keys are made and shown by a process that has the whole API.
  const made = role === 'receipts' ? [] : (await ensureKeys(house.store, settings)).made;
  if (role !== 'receipts') {
    await beAlone(settings, ground.links);
    await keepToEngine(settings, house);
    await publishExamples(house.store);
  }
  await house.startEngine();
  if (role !== 'receipts') {
    standing.templateSync = startTemplateSync({ ...house.api, now: Date.now, onFault: house.onFault });
  }
  if (role === 'all') {
    standing.projection = projectBeside(ground);
    standing.retention = retain(ground);
  }
  if (role === 'all' && adapters.engine === 'temporal') standing.stopWorker = startWorkerBeside(house.onFault);
  stands = true;
  announce(settings, door.port, made);
}

async function startProjector(ground: Ground, standing: Standing): Promise<void> {
  const { settings, secret, links, house } = ground;
  const { dataFolder, adapters, host } = settings;
  const { store, log, onFault, api } = house;
  const { engine } = adapters;
  const metrics = createProjectionMetrics(house.metrics.registry, Date.now);
  const projection = await startProjection({ dataFolder, secret, links, engine, metrics, onFault });
  standing.projection = projection;
  standing.retention = retain(ground);
  const door = await openSideDoor({
    who: 'projector',
    host,
    port: settings.workerPort,
    logger: api.logger,
    ready: async () => log.unavailable() ?? (await store.unavailable()),
    expose: async () => (await house.metrics.expose()).text,
  }).catch((cause: Error) => {
    throw new StartError(cause.message, { cause });
  });
  standing.door = door;
  const { log: logName, store: storeName } = adapters;
  console.log(
    `onward: projector started (log: ${logName}, store: ${storeName}); metrics on http://${host}:${door.port}/metrics`,
  );
}

/** With the projection, since there is one of it where there are files. */
function retain({ settings, house: { store, onFault } }: Ground): Standing['retention'] {
  return startRetention({ retention: store.retention, days: settings.retentionDays, clock: Date.now, onFault });
}

/** In a thread of its own: requests do not wait for the projection. */
function projectBeside({ settings, secret, house }: Ground): RunningProjection {
  const entry = join(__dirname, 'projection-thread.js');
  const data = { dataFolder: settings.dataFolder, secret, engine: settings.adapters.engine };
  const thread = startProjectionThread({ ...data, entry, onFault: house.onFault });
  house.hastenProjection(() => thread.wake());
  house.metrics.join('projection', () => thread.metrics());
  return thread;
}

function announce(settings: Settings, port: number, made: { name: string; secret: string }[]): void {
  const { role, adapters, dataFolder } = settings;
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  const elsewhere = role === 'receipts' && adapters.engine === 'embedded';
  const engine = elsewhere ? 'in another process' : adapters.engine;
  console.log(
    `Onward listens on http://${host}:${port} (engine: ${engine}, log: ${adapters.log}, store: ${adapters.store})`,
  );
  console.log(`  data in ${dataFolder}; API reference on http://${host}:${port}/docs`);
  for (const { name, secret } of made) console.log(`  ${name}=${secret}`);
  if (made.length > 0)
    console.log('  These keys are shown once; they are kept in the data folder, readable by you alone.');
}
