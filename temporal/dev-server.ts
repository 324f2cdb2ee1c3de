import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { endWithUs } from './dev-server-guard';
import { freePort, isFree } from './dev-server-port';

export interface TemporalServerOptions {
  /** The Temporal CLI, as findTemporalCli finds it. */
  cli: string;
  /** Left out: a free one. */
  port?: number;
  /** Kept, so that a server can be started on it again. Null or left out: everything is in memory. */
  dbFile?: string | null;
  /** Its web pages: on a free port, or on this one. Left out or false: none. */
  ui?: boolean | number;
  /** Where the pages have payloads decoded. */
  codecEndpoint?: string;
  /** Made at the start, beside `default`. */
  namespace?: string;
  /** For tests. */
  readyWithinMs?: number;
}

export interface TemporalServer {
  /** Host and port, as TEMPORAL_ADDRESS takes them. */
  address: string;
  port: number;
  uiUrl: string | null;
  pid: number;
  /** Resolves when it has ended, however that came, with its exit status; null when a signal ended it. */
  ended: Promise<number | null>;
  /** SIGTERM, and SIGKILL where that does not end it within 8 s. */
  stop(): Promise<void>;
  /** SIGKILL, at once. */
  kill(): Promise<void>;
  /** It keeps its connections and answers nothing, until thawed. */
  freeze(): void;
  thaw(): void;
  /** The end of what it has printed. */
  output(): string;
}

const HOST = '127.0.0.1';
const READY_WITHIN_MS = 30_000;
const LEAVES_WITHIN_MS = 8_000;
const TRY_MS = 1_000;
const AGAIN_MS = 50;
/** A server that starts is there within a second: gRPC's own first pause is as long. */
const KNOCK_OFTEN = { 'grpc.initial_reconnect_backoff_ms': 50, 'grpc.max_reconnect_backoff_ms': 100 };
const OUTPUT_LIMIT = 64_000;

/**
 * Starts a Temporal server on this machine and resolves once it answers for its namespace. It ends with this process,
 * however that ends.
 * @throws Error with a sentence when a port is in use; with what it printed when it ends, or does not answer within 30 s
 */
export async function startTemporalServer(options: TemporalServerOptions): Promise<TemporalServer> {
  const port = await portFor(options.port);
  const uiPort = options.ui ? await portFor(options.ui === true ? undefined : options.ui) : null;
  const child = spawn(options.cli, argumentsFor(options, port, uiPort), {
    env: environment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a process group of its own: a Ctrl-C ends first those who use the server, and then the server.
    detached: true,
  });
  const server = describeServer(child, port, uiPort);
  endWithUs(child);
  const why = await whyNotReady(server, options.namespace ?? 'default', options.readyWithinMs ?? READY_WITHIN_MS);
  if (why === null) return server;
  await server.kill();
  throw new Error(`The Temporal server ${why}. It printed:\n${server.output().trim()}`);
}

async function portFor(wanted: number | undefined): Promise<number> {
  if (wanted === undefined) return freePort();
  if (await isFree(wanted)) return wanted;
  throw new Error(`Port ${wanted} is in use on ${HOST}: the Temporal server cannot have it. Choose another.`);
}

/** The ports for its HTTP API and its metrics are not named: it takes free ones by itself. */
function argumentsFor(options: TemporalServerOptions, port: number, uiPort: number | null): string[] {
  const args = ['server', 'start-dev', '--ip', HOST, '--port', String(port), '--log-level', 'warn'];
  // Priorities and fairness keys, which server 1.29 has switched off.
  args.push('--dynamic-config-value', 'matching.useNewMatcher=true');
  args.push('--dynamic-config-value', 'matching.enableFairness=true');
  if (uiPort === null) args.push('--headless');
  else args.push('--ui-port', String(uiPort));
  if (options.codecEndpoint) args.push('--ui-codec-endpoint', options.codecEndpoint);
  if (options.namespace) args.push('--namespace', options.namespace);
  if (!options.dbFile) return args;
  // Twice as fast as without, and a killed process loses nothing: only a power cut may take the last moments.
  const pragmas = ['--sqlite-pragma', 'journal_mode=WAL', '--sqlite-pragma', 'synchronous=NORMAL'];
  return [...args, '--db-filename', options.dbFile, ...pragmas];
}

/** The CLI reads TEMPORAL_… for itself: what they say of another server is not for this one. */
function environment(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_')));
}

function describeServer(child: ChildProcess, port: number, uiPort: number | null): TemporalServer {
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-OUTPUT_LIMIT);
    });
  }
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      printed += error.message;
      resolve(null);
    });
    child.once('close', resolve);
  });
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal);
    // A frozen process hears SIGTERM only once it is thawed.
    child.kill('SIGCONT');
    const patience = setTimeout(() => child.kill('SIGKILL'), LEAVES_WITHIN_MS);
    await ended;
    clearTimeout(patience);
  };
  return {
    address: `${HOST}:${port}`,
    port,
    uiUrl: uiPort === null ? null : `http://${HOST}:${uiPort}`,
    pid: child.pid ?? 0,
    ended,
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    freeze: () => void child.kill('SIGSTOP'),
    thaw: () => void child.kill('SIGCONT'),
    output: () => printed,
  };
}

/** Null once the server answers for the namespace; else a clause that says why it never will. */
async function whyNotReady(server: TemporalServer, namespace: string, withinMs: number): Promise<string | null> {
  const until = Date.now() + withinMs;
  let hasEnded = false;
  void server.ended.then(() => {
    hasEnded = true;
  });
  const connection = Connection.lazy({ address: server.address, channelArgs: KNOCK_OFTEN });
  try {
    for (let leftMs = withinMs; leftMs > 0; leftMs = until - Date.now()) {
      // To its end, even where the server has ended: the SDK goes on trying on a connection that is closed under it.
      if (await answers(connection, namespace, Math.min(TRY_MS, leftMs))) return null;
      if (hasEnded) return 'ended before it answered';
      await pause(AGAIN_MS);
    }
    return `does not answer within ${withinMs / 1000} s`;
  } finally {
    await connection.close();
  }
}

async function answers(connection: Connection, namespace: string, withinMs: number): Promise<boolean> {
  const ask = () => connection.workflowService.describeNamespace({ namespace });
  return connection.withDeadline(Date.now() + withinMs, ask).then(
    () => true,
    () => false,
  );
}
