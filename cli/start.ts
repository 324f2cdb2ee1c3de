import { join } from 'node:path';
import { createServer } from '../api/server';
import { startTemplateSync } from '../api/template-sync';
import packageJson from '../package.json';
import { createProjectionMetrics } from '../projection/metrics';
import { startRetention } from '../store/retention';
import type { OpenTracing } from '../tracing/open';
import { startTracing } from '../tracing/start';
import { checkSecret, holdFolder, keptSecret, prepareDataFolder } from './data-folder';
import { type Door, openDoor } from './door';
import { ensureKeys, linkForOwner, publishExamples } from './first-start';
import { startCallbacks } from './house/callbacks';
import { compose, type House, type HouseOptions } from './house/house';
import { type Links, openLinks } from './house/links';
import { startProjection } from './house/projection';
import { startEventsThread } from './house/start-events-thread';
import { linkTemporal } from './house/temporal-link';
import { leave, sentenceOf, signalled } from './leave';
import { createFaultReporter, createLogger } from './logger';
import { beAlone, checkStore, keepToEngine, keepToPlaces } from './marks';
import { readSettings, type Settings, StartError, type StartRole } from './settings';
import { openSideDoor } from './side-door';
import { signInLink } from './sign-in-link';
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
  /** Whoever follows the events here: the projection, the callbacks, or both. */
  following: { stop(): Promise<void> } | null;
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
  tracing: OpenTracing | null;
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
  const standing: Standing = { door: null, following: null, retention: null, templateSync: null, stopWorker: null };
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
    await standing.following?.stop();
    await tracing?.shutdown();
    await house.close();
    lock.release();
  };
  try {
    await checkStore(settings, secret, links, house.store);
    await startRoles({ settings, secret, links, house, tracing }, standing);
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
  if (role === 'callbacks') return startCallbacksRole(ground, standing);
  let stands = false;
  const { openId } = settings;
  const api = { ...house.api, openId, only: role === 'receipts' ? role : undefined, starting: () => !stands };
  // Before a key is made or a message sent: the port may be in use. Until the engine stands /readyz says that it starts.
  const door = await openDoor(createServer(api), settings);
  standing.door = door;
  // The keys are made and shown by a process that has the whole API.
  const made = role === 'receipts' ? [] : (await ensureKeys(house.store, settings)).made;
  const token = role === 'receipts' ? null : await linkForOwner(house.store);
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
    standing.following = followBeside(ground);
    standing.retention = retain(ground);
  }
  if (role === 'all' && adapters.engine === 'temporal') standing.stopWorker = startWorkerBeside(house.onFault);
  stands = true;
  announce(settings, door.port, { made, token });
}

async function startProjector(ground: Ground, standing: Standing): Promise<void> {
  const { settings, secret, links, house } = ground;
  const { dataFolder, adapters } = settings;
  const { onFault, api } = house;
  const { engine } = adapters;
  const metrics = createProjectionMetrics(api.metrics.registry, Date.now);
  standing.following = await startProjection({ dataFolder, secret, links, engine, metrics, onFault });
  standing.retention = retain(ground);
  await openRoleDoor('projector', ground, standing);
}

async function startCallbacksRole(ground: Ground, standing: Standing): Promise<void> {
  const { settings, secret, links, house, tracing } = ground;
  const { onFault, onWarning, api } = house;
  standing.following = await startCallbacks({
    ...{ dataFolder: settings.dataFolder, secret, links, ...callbackSettings(settings) },
    tracing: tracing && { opened: tracing, elsewhere: settings.adapters.engine === 'temporal' },
    ...{ registry: api.metrics.registry, onFault, onWarning },
  });
  await openRoleDoor('callbacks', ground, standing);
}

/** Of a role that has no API: health and metrics. */
async function openRoleDoor(who: 'projector' | 'callbacks', ground: Ground, standing: Standing): Promise<void> {
  const { settings, house } = ground;
  const { host, adapters } = settings;
  const { store, log, api } = house;
  const door = await openSideDoor({
    who,
    host,
    port: settings.workerPort,
    logger: api.logger,
    ready: async () => log.unavailable() ?? (await store.unavailable()),
    expose: async () => (await api.metrics.expose()).text,
  }).catch((cause: Error) => {
    throw new StartError(cause.message, { cause });
  });
  standing.door = door;
  const { log: logName, store: storeName } = adapters;
  console.log(
    `onward: ${who} started (log: ${logName}, store: ${storeName}); metrics on http://${host}:${door.port}/metrics`,
  );
}

function callbackSettings({ callbackAllow }: Settings): { version: string; allow: string } {
  return { version: packageJson.version, allow: callbackAllow };
}

/** With the projection, since there is one of it where there are files. */
function retain({ settings, house: { store, onFault } }: Ground): Standing['retention'] {
  return startRetention({ retention: store.retention, days: settings.retentionDays, clock: Date.now, onFault });
}

/** In a thread of their own: requests wait neither for the projection nor for the callbacks. */
function followBeside({ settings, secret, house }: Ground): { stop(): Promise<void> } {
  const { onFault, onWarning, api } = house;
  const thread = startEventsThread({
    entry: join(__dirname, 'events-thread.js'),
    dataFolder: settings.dataFolder,
    secret,
    engine: settings.adapters.engine,
    callbacks: callbackSettings(settings),
    onFault,
    onWarning,
    onFollowed: house.followed,
  });
  house.hastenProjection(() => thread.wake());
  house.hastenCallbacks(() => thread.deliver());
  api.metrics.join('events', () => thread.metrics());
  return thread;
}

/** What a first start has made for whoever reads it. */
interface FirstSeen {
  made: { name: string; secret: string }[];
  token: string | null;
}

function announce(settings: Settings, port: number, { made, token }: FirstSeen): void {
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
  if (token !== null) console.log(`  sign in: ${signInLink(settings, port, token)}  (once, within 24 h)`);
}
