import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { endWithUs } from '../../temporal/dev-server-guard';
import { freePort, isFree } from '../../temporal/dev-server-port';

/** A server process that can be ended in any way and started again on its port, with its data. */
export interface RestartableServer {
  /** Of the process that runs now, or that ran last. */
  readonly pid: number;
  /** Where its data are. */
  readonly folder: string;
  /** SIGTERM, and SIGKILL where that does not end it within 10 s. The data stay. */
  stop(): Promise<void>;
  /** SIGKILL, at once. The data stay. */
  kill(): Promise<void>;
  /**
   * Resolves once it answers again; one that still runs is stopped first.
   * @throws Error with what it printed when it ends, or does not answer in time
   */
  startAgain(): Promise<void>;
  /** It keeps its connections and answers nothing, until thawed. */
  freeze(): void;
  thaw(): void;
  /** Kills it and removes its folder. */
  remove(): Promise<void>;
  /** The end of what it has printed since it was last started. */
  output(): string;
}

interface Recipe {
  /** Such as Kafka. */
  name: string;
  command: string;
  args: readonly string[];
  env?: NodeJS.ProcessEnv;
  folder: string;
  /** Asks it something by its own protocol; false where it does not answer within that time. */
  answers(withinMs: number): Promise<boolean>;
  readyWithinMs?: number;
}

interface Running {
  child: ChildProcess;
  end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  hasEnded(): boolean;
  output(): string;
}

const READY_WITHIN_MS = 45_000;
const LEAVES_WITHIN_MS = 10_000;
const TRY_MS = 2_000;
const AGAIN_MS = 50;
const OUTPUT_LIMIT = 64_000;
const TAIL_LINES = 20;

/**
 * Starts it, and resolves once it answers. It ends with this process, however that ends.
 * @param address is handed on with it
 * @throws Error with what it printed when it ends, or does not answer in time
 */
export async function startServer<Address>(recipe: Recipe, address: Address): Promise<RestartableServer & Address> {
  let running = await run(recipe);
  return {
    ...address,
    get pid() {
      return running.child.pid ?? 0;
    },
    folder: recipe.folder,
    stop: () => running.end('SIGTERM'),
    kill: () => running.end('SIGKILL'),
    async startAgain() {
      await running.end('SIGTERM');
      running = await run(recipe);
    },
    freeze: () => void running.child.kill('SIGSTOP'),
    thaw: () => void running.child.kill('SIGCONT'),
    async remove() {
      await running.end('SIGKILL');
      removeFolder(recipe.folder);
    },
    output: () => running.output(),
  };
}

/** The wanted port, or a free one. @throws Error with a sentence when the wanted one is in use */
export async function portFor(name: string, wanted: number | undefined): Promise<number> {
  if (wanted !== undefined && !(await isFree(wanted))) {
    throw new Error(`Port ${wanted} is in use: ${name} cannot have it. Choose another.`);
  }
  return freePort(wanted);
}

/** In the given folder, or in one of its own that is removed again where the start fails. */
export async function inDataFolder<T>(given: string | undefined, start: (folder: string) => Promise<T>): Promise<T> {
  if (given !== undefined) return start(given);
  const folder = mkdtempSync(join(tmpdir(), 'onward-server-'));
  try {
    return await start(folder);
  } catch (error) {
    removeFolder(folder);
    throw error;
  }
}

function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

async function run(recipe: Recipe): Promise<Running> {
  const running = spawnIt(recipe);
  const why = await whyNotReady(recipe, running);
  if (why === null) return running;
  await running.end('SIGKILL');
  const tail = running.output().trim().split('\n').slice(-TAIL_LINES).join('\n');
  throw new Error(`${recipe.name} ${why}. It printed:\n${tail}`);
}

function spawnIt({ command, args, env, folder }: Recipe): Running {
  // In a process group of its own: a Ctrl-C ends first those who use the server, and then the server.
  const child = spawn(command, args, { env, cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  endWithUs(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-OUTPUT_LIMIT);
    });
  }
  let hasEnded = false;
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      printed += error.message;
      resolve();
    });
    child.once('close', resolve);
  }).then(() => {
    hasEnded = true;
  });
  const end = async (signal: 'SIGTERM' | 'SIGKILL') => {
    child.kill(signal);
    // A frozen process hears SIGTERM only once it is thawed.
    child.kill('SIGCONT');
    const patience = setTimeout(() => child.kill('SIGKILL'), LEAVES_WITHIN_MS);
    await ended;
    clearTimeout(patience);
  };
  return { child, end, hasEnded: () => hasEnded, output: () => printed };
}

/** Null once the server answers; else a clause that says why it never will. */
async function whyNotReady(recipe: Recipe, running: Running): Promise<string | null> {
  const withinMs = recipe.readyWithinMs ?? READY_WITHIN_MS;
  const until = Date.now() + withinMs;
  for (let leftMs = withinMs; leftMs > 0; leftMs = until - Date.now()) {
    const answers = await recipe.answers(Math.min(TRY_MS, leftMs));
    // Before the answer counts: somebody else may sit on its port.
    if (running.hasEnded()) return 'ended before it answered';
    if (answers) return null;
    await pause(AGAIN_MS);
  }
  return `does not answer within ${withinMs / 1000} s`;
}
