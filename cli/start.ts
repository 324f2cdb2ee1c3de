import type { Server } from 'node:http';
import { join } from 'node:path';
import { createServer } from '../api/server';
import { type Engine, EngineUnavailable } from '../core/engine';
import packageJson from '../package.json';
import { createProjectionLoop } from '../projection/loop';
import { startProjectionThread } from '../projection/start-thread';
import { compose, composeProjector, type House } from './compose';
import { holdFolder, keptSecret, prepareDataFolder } from './data-folder';
import { ensureKeys, publishExamples } from './first-start';
import { createLogger } from './logger';
import { readSettings, type Settings, StartError, type StartRole } from './settings';

/** The longest that a stop may take; what is not finished then is carried out again at the next start. */
const STOP_PATIENCE_MS = 9_000;

/** `onward start`: sets the exit status and says in one line what has to be mended when it cannot work. */
export async function start(options: { role?: string }): Promise<void> {
  try {
    const settings = readSettings(process.env, (options.role ?? 'all') as StartRole);
    const stop = await run(settings);
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => void leave(stop));
  } catch (error) {
    console.error(`onward: ${sentenceOf(error)}`);
    process.exit(1);
  }
}

async function leave(stop: () => Promise<void>): Promise<void> {
  const timer = setTimeout(() => {
    console.error('onward: what was in hand did not finish in time; it is carried out again at the next start');
    process.exit(0);
  }, STOP_PATIENCE_MS);
  await stop();
  clearTimeout(timer);
  process.exit(0);
}

function sentenceOf(error: unknown): string {
  if (error instanceof StartError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') {
    return `ONWARD_DATA holds a file that is damaged (${message}). Put back a copy of the folder, or set ONWARD_DATA to another.`;
  }
  if (code === 'SQLITE_FULL' || code === 'ENOSPC') return 'ONWARD_DATA stands on a disk that is full. Free some space.';
  return `the start failed: ${message}`;
}

/** Starts the roles and resolves, once they stand, with the way to stop them. */
async function run(settings: Settings): Promise<() => Promise<void>> {
  prepareDataFolder(settings.dataFolder);
  const lock = holdFolder(settings.dataFolder, settings.role);
  const logger = createLogger(process.env.ONWARD_LOG_LEVEL || 'info');
  const secret = keptSecret(settings.dataFolder, 'secret', settings.secret, '').text;
  const house = await compose({ ...settings, secret, version: packageJson.version, logger });
  const stops: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const one of stops.reverse()) await one();
    await house.close();
    lock?.release();
  };
  try {
    await startRoles(settings, secret, house, stops);
  } catch (error) {
    await stop();
    throw error;
  }
  return stop;
}

async function startRoles(
  settings: Settings,
  secret: string,
  house: House,
  stops: (() => Promise<void>)[],
): Promise<void> {
  const { role, dataFolder } = settings;
  const keys = await ensureKeys(house.api.store, settings);
  if (role === 'all' || role === 'api') {
    await publishExamples(house.api.store);
    await house.startEngine();
  }
  if (role === 'all') stops.push(projectBeside({ dataFolder, secret }, house));
  if (role === 'projector') stops.push(await projectHere({ dataFolder, secret }, house));
  if (role !== 'projector') {
    const api = role === 'receipts' ? { ...house.api, engine: ENGINE_ELSEWHERE, only: role } : house.api;
    const server = createServer(api);
    const port = await listen(server, settings);
    stops.push(() => closeServer(server));
    announce(settings, port, keys);
  } else {
    console.log('onward: projector started (log: sqlite, store: sqlite)');
  }
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
  house.group.onCommit(() => thread.wake());
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

function listen(server: Server, { host, port }: Settings): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(new StartError(`PORT ${port} is in use on ${host}. Set PORT to a free one.`));
      else if (error.code === 'EACCES')
        reject(new StartError(`PORT ${port} may not be used by you. Set PORT to 1024 or above.`));
      else
        reject(
          new StartError(
            `HOST “${host}” cannot be listened on (${error.code}). Set HOST to an address of this machine.`,
          ),
        );
    });
    server.listen(port, host, () => {
      const address = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

/** Answers what is in hand and takes nothing new. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
}

function announce(settings: Settings, port: number, keys: { made: { name: string; secret: string }[] }): void {
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  console.log(`Onward listens on http://${host}:${port} (engine: embedded, log: sqlite, store: sqlite)`);
  console.log(`  data in ${settings.dataFolder}; API reference on http://${host}:${port}/docs`);
  for (const { name, secret } of keys.made) console.log(`  ${name}=${secret}`);
  if (keys.made.length > 0)
    console.log('  These keys are shown once; they are kept in the data folder, readable by you alone.');
}
