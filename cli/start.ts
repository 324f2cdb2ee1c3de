import { join } from 'node:path';
import { createServer } from '../api/server';
import { type Engine, EngineUnavailable } from '../core/engine';
import packageJson from '../package.json';
import { createProjectionLoop } from '../projection/loop';
import { startProjectionThread } from '../projection/start-thread';
import { compose, composeProjector, type House } from './compose';
import { checkSecret, holdFolder, keptSecret, prepareDataFolder } from './data-folder';
import { type Door, openDoor } from './door';
import { ensureKeys, publishExamples } from './first-start';
import { createLogger } from './logger';
import { readSettings, type Settings, StartError, type StartRole } from './settings';

/** The longest that a stop may take; what is not finished then is carried out again at the next start. */
const STOP_PATIENCE_MS = 9_000;

/** `onward start`: sets the exit status and says in one line what has to be mended when it cannot work. */
export async function start(options: { role?: string }): Promise<void> {
  try {
    const settings = readSettings(process.env, (options.role ?? 'all') as StartRole);
    // Heard from the beginning: a signal during the start is heeded when it has come to its end.
    const signalled = new Promise<void>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve());
    });
    const stop = await run(settings);
    void signalled.then(() => leave(stop));
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
  let status = 0;
  try {
    await stop();
  } catch (error) {
    status = 1;
    console.error(`onward: the stop was not clean: ${(error as Error).message}; nothing that was answered is lost`);
  }
  clearTimeout(timer);
  process.exit(status);
}

const DISK_FULL: ReadonlySet<string> = new Set(['SQLITE_FULL', 'ENOSPC', 'EDQUOT', 'EFBIG']);

function sentenceOf(error: unknown): string {
  if (error instanceof StartError) return error.message;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'SQLITE_NOTADB' || code === 'SQLITE_CORRUPT') {
    return `ONWARD_DATA holds a file that is damaged (${message}). Put back a copy of the folder, or set ONWARD_DATA to another.`;
  }
  if (code !== undefined && DISK_FULL.has(code)) return 'ONWARD_DATA stands on a disk that is full. Free some space.';
  if (code?.startsWith('SQLITE_IOERR') || code?.startsWith('SQLITE_READONLY') || code?.startsWith('SQLITE_CANTOPEN')) {
    return `ONWARD_DATA cannot be read or written (${message}). See whether its disk is full, or set it to another folder.`;
  }
  return `the start failed: ${message}`;
}

/** What stands of a process, to be taken down again. */
interface Standing {
  door: Door | null;
  stopProjection: (() => Promise<void>) | null;
}

/** Starts the roles and resolves, once they stand, with the way to stop them. */
async function run(settings: Settings): Promise<() => Promise<void>> {
  const { dataFolder, role } = settings;
  prepareDataFolder(dataFolder);
  const lock = holdFolder(dataFolder, role);
  const secret = keptSecret(dataFolder, 'secret', settings.secret, '').text;
  checkSecret(dataFolder, secret);
  const logger = createLogger(settings.logLevel);
  const house = await compose({ ...settings, secret, version: packageJson.version, logger });
  const standing: Standing = { door: null, stopProjection: null };
  const stop = async () => {
    const shut = standing.door?.shut();
    // Meanwhile: whoever waits for a run to end is answered by the engine's stop.
    await house.stopEngine();
    await shut;
    await standing.stopProjection?.();
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
    await publishExamples(house.api.store);
    await house.startEngine();
  }
  if (role === 'all') standing.stopProjection = projectBeside({ dataFolder, secret }, house);
  announce(settings, standing.door.port, made);
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

function announce(settings: Settings, port: number, made: { name: string; secret: string }[]): void {
  const host = settings.host.includes(':') ? `[${settings.host}]` : settings.host;
  const engine = settings.role === 'receipts' ? 'in another process' : 'embedded';
  console.log(`Onward listens on http://${host}:${port} (engine: ${engine}, log: sqlite, store: sqlite)`);
  console.log(`  data in ${settings.dataFolder}; API reference on http://${host}:${port}/docs`);
  for (const { name, secret } of made) console.log(`  ${name}=${secret}`);
  if (made.length > 0)
    console.log('  These keys are shown once; they are kept in the data folder, readable by you alone.');
}
