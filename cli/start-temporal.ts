import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { codecEndpointOf } from '../temporal/codec-endpoint';
import { startTemporalServer, type TemporalServer } from '../temporal/dev-server';
import { findTemporalCli } from '../temporal/dev-server-cli';
import { freePort } from '../temporal/dev-server-port';
import { checkSecret, holdFolder, keptSecret, prepareDataFolder } from './data-folder';
import { sentenceOf, signalled } from './leave';
import { readSettings, type Settings, StartError } from './settings';
import { BUNDLE } from './throwaway';

/** Where Temporal's own tools look for a server and its pages. */
const USUAL_PORT = 7233;
const USUAL_UI_PORT = 8233;
/** Onward leaves within 10 s of being asked to. */
const LEAVES_WITHIN_MS = 12_000;

/** `onward start:temporal`: a Temporal server on a file in the data folder, and `onward start` against it. */
export async function startTemporal(): Promise<void> {
  try {
    const settings = checkedSettings();
    const secret = keptSecret(settings.dataFolder, 'secret', settings.secret, '').text;
    checkSecret(settings.dataFolder, secret);
    const cli = await findTemporalCli((line) => console.log(line));
    if (cli === null) {
      throw new StartError('there is no Temporal server to start: see above. `npm start` does without one.');
    }
    const stopWanted = signalled();
    const server = await startServer(cli, settings, secret);
    console.log(`Temporal answers on ${server.address}; its pages are on ${server.uiUrl}`);
    process.exit(await runBoth(server, stopWanted));
  } catch (error) {
    console.error(`onward: ${sentenceOf(error)}`);
    process.exit(1);
  }
}

/** @throws StartError before anything is installed or started for nothing */
function checkedSettings(): Settings {
  const { TEMPORAL_ADDRESS } = process.env;
  if (TEMPORAL_ADDRESS) {
    const mend = 'Unset it to have one started here, or use that one by `npm start`.';
    throw new StartError(`TEMPORAL_ADDRESS is “${TEMPORAL_ADDRESS}”, a server that runs already. ${mend}`);
  }
  const settings = readSettings(process.env, 'all');
  prepareDataFolder(settings.dataFolder);
  // For a moment, to see that nobody else has it: Onward takes it for itself.
  holdFolder(settings.dataFolder, 'all', { ...settings.adapters, engine: 'temporal' }).release();
  return settings;
}

async function startServer(cli: string, settings: Settings, secret: string): Promise<TemporalServer> {
  return startTemporalServer({
    cli,
    port: await freePort(USUAL_PORT),
    ui: await freePort(USUAL_UI_PORT),
    dbFile: join(settings.dataFolder, 'temporal.db'),
    codecEndpoint: codecEndpointOf(secret, settings.publicUrl),
    namespace: process.env.TEMPORAL_NAMESPACE,
  });
}

/** Until a signal comes or one of the two ends; the other is ended then. Resolves with our exit status. */
async function runBoth(server: TemporalServer, stopWanted: Promise<void>): Promise<number> {
  const onward = startOnward(server.address);
  const why = await Promise.race([
    stopWanted.then(() => null),
    onward.ended.then((status) => `Onward ended (status ${status}), so the Temporal server is stopped too.`),
    server.ended.then((status) => {
      const lines = server.output().trim().split('\n').slice(-5).join('\n');
      return `the Temporal server ended (status ${status}), so Onward is stopped too. Its last lines:\n${lines}`;
    }),
  ]);
  if (why !== null) console.error(`onward: ${why}`);
  // Onward first: what it has in hand still needs the server.
  const status = await onward.stop();
  await server.stop();
  return why === null ? (status ?? 1) : 1;
}

function startOnward(address: string): { ended: Promise<number | null>; stop(): Promise<number | null> } {
  const child: ChildProcess = spawn(process.execPath, ['--enable-source-maps', BUNDLE, 'start'], {
    env: { ...environment(), TEMPORAL_ADDRESS: address },
    // By the channel it notices when we are killed, and leaves.
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    // A Ctrl-C is for us: it is told by us.
    detached: true,
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', () => resolve(1));
    child.once('exit', resolve);
  });
  return {
    ended,
    async stop() {
      child.kill('SIGTERM');
      const patience = setTimeout(() => child.kill('SIGKILL'), LEAVES_WITHIN_MS);
      const status = await ended;
      clearTimeout(patience);
      return status;
    },
  };
}

/** What says how to reach another server (a key, TLS) is not for this one. */
function environment(): NodeJS.ProcessEnv {
  const ours = (name: string) => !name.startsWith('TEMPORAL_') || name === 'TEMPORAL_NAMESPACE';
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => ours(name)));
}
