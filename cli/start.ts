import { join } from 'node:path';
import { createServer } from '../api/server';
import { type Engine, EngineUnavailable } from '../core/engine';
import packageJson from '../package.json';
import { createProjectionLoop } from '../projection/loop';
import { startProjectionThread } from '../projection/start-thread';
import { compose, composeProjector, type House } from './compose';
import { checkSecret, holdFolder, keptSecret, prepareDataFolder } from './data-folder';
import { type Door, openDoor } from './door';
import { keepToEngine } from './engine-mark';
import { ensureKeys, publishExamples } from './first-start';
import { leave, sentenceOf, signalled } from './leave';
import { createLogger } from './logger';
import { readSettings, type Settings, type StartRole } from './settings';
import { linkTemporal } from './temporal-link';
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
  door: Door | null;
  stopProjection: (() => Promise<void>) | null;
  stopWorker: (() => Promise<void>) | null;
}

const ROLES_WITH_ENGINE: ReadonlySet<StartRole> = new Set(['all', 'api']);

/** Starts the roles and resolves, once they stand, with the way to stop them. */
async function run(settings: Settings): Promise<() => Promise<void>> {
  const { dataFolder, role } = settings;
  prepareDataFolder(dataFolder);
  const lock = holdFolder(dataFolder, role);
  const secret = keptSecret(dataFolder, 'secret', settings.secret, '').text;
  checkSecret(dataFolder, secret);
  const logger = createLogger(settings.logLevel);
  const temporal = ROLES_WITH_ENGINE.has(role)
    ? await linkTemporal(process.env, { secret, serviceName: 'onward-api', logger })
    : null;
  const house = await compose({ ...settings, secret, version: packageJson.version, logger, temporal });
  const standing: Standing = { door: null, stopProjection: null, stopWorker: null };
  const stop = async () => {
    const shut = standing.door?.shut();
    // It finishes what is in hand and leaves, while here the same is done.
    const workerStopped = standing.stopWorker?.();
    // Meanwhile: whoever waits for a run to end is answered by the engine's stop.
    await house.stopEngine();
    await shut;
    await workerStopped;
    await standing.stopProjection?.();
    await temporal?.tracing?.shutdown();
    await house.close();
    lock?.release();
  };
  try {
    await startRoles(settings, secret, house, standing);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function startRoles(settings: Settings, secret: string, house: House, standing: Standing): Promise<void> {
  const { role, dataFolder } = settings;
  if (role === 'projector') {
    standing.stopProjection = await projectHere({ dataFolder, secret }, house);
    console.log('onward: projector started (log: sqlite, store: sqlite)');
    return;
  }
  const api = role === 'receipts' ? { ...house.api, engine: ENGINE_ELSEWHERE, only: role } : house.api;
  // Before a key is made or a message sent: the port may be in use. Until the engine stands /readyz says that it starts.
  standing.door = await openDoor(createServer(api), settings);
  // The keys are made and shown by the process that has the engine.
  const made = role === 'receipts' ? [] : (await ensureKeys(house.api.store, settings)).made;
  if (role !== 'receipts') {
    await keepToEngine(dataFolder, house);
    await publishExamples(house.api.store);
    await house.startEngine();
  }
  if (role === 'all') standing.stopProjection = projectBeside({ dataFolder, secret }, house);
  if (role === 'all' && !house.embedded) standing.stopWorker = startWorkerBeside(house.onFault);
  announce(settings, house, standing.door.port, made);
}

/** What a process without an engine has in its place: it takes receipts for it, by way of the log. */
const ENGINE_ELSEWHERE: Engine = {
  start: () => refuse(),
  receive: () => refuse(),
  cancel: () => refuse(),
  complete: () => refuse(),
  describe: () => refuse(),
  history: () => refuse(),
  changed: () => refuse(),
  unavailable: () => null,
  close: async () => {},
};

function refuse(): Promise<never> {
  return Promise.reject(new EngineUnavailable('this process has no engine'));
}

/** In a thread of its own: requests do not wait for the projection. */
function projectBeside(data: { dataFolder: string; secret: string }, house: House): () => Promise<void> {
  const entry = join(__dirname, 'projection-thread.js');
  const thread = startProjectionThread({ ...data, entry, onFault: house.onFault });
  house.hastenProjection(() => thread.wake());
  return () => thread.stop();
}

async function projectHere(data: { dataFolder: string; secret: string }, house: House): Promise<() => Promise<void>> {
  const report = ({ position }: { position: number }, cause: Error) =>
    house.onFault(`event record ${position} cannot be projected`, cause);
  const projector = await composeProjector({ ...data, report });
  const loop = createProjectionLoop(projector, (error) => house.onFault('the projection will try again', error));
  return async () => {
    loop.stop();
    await loop.done;
    await projector.close();
  };
}

function announce(settings: Settings, house: House, port: number, made: { name: string; secret: string }[]): void {
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  const engine = settings.role === 'receipts' ? 'in another process' : house.embedded ? 'embedded' : 'temporal';
  console.log(`Onward listens on http://${host}:${port} (engine: ${engine}, log: sqlite, store: sqlite)`);
  console.log(`  data in ${settings.dataFolder}; API reference on http://${host}:${port}/docs`);
  for (const { name, secret } of made) console.log(`  ${name}=${secret}`);
  if (made.length > 0)
    console.log('  These keys are shown once; they are kept in the data folder, readable by you alone.');
}
