import { setTimeout as pause } from 'node:timers/promises';
import type { Topic } from '../../schemas/vocabulary';
import type { SqliteLog } from './log';

const MS = { betweenRounds: 250, betweenPortions: 20, afterFault: 5_000 } as const;
/** Half a millisecond of the event loop. */
const PORTION = 300;

export interface TidyOptions {
  log: SqliteLog;
  topic: Topic;
  /** The only group of that topic. */
  group: string;
  /** Told false while this process is not the one that looks after the file. */
  mine?(): boolean;
  onFault(message: string, error: unknown): void;
}

/**
 * Lets go of what was consumed, a little at a time, so that the file stays small and holds nobody's address for longer
 * than is needed; first of all seals what an older version left readable.
 */
export function startTidying(options: TidyOptions): { stop(): Promise<void> } {
  const stopped = new AbortController();
  const { signal } = stopped;
  const wait = (ms: number) => pause(ms, undefined, { signal, ref: false }).catch(() => {});
  const run = async () => {
    let sealed = false;
    while (!signal.aborted) {
      try {
        if (options.mine?.() ?? true) {
          await trimAll(options, signal, wait);
          if (!sealed) sealed = await sealAll(options, signal, wait);
        }
      } catch (error) {
        if (signal.aborted) return;
        options.onFault('the log could not be tidied', error);
        await wait(MS.afterFault);
      }
      await wait(MS.betweenRounds);
    }
  };
  const running = run();
  return {
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

type Wait = (ms: number) => Promise<unknown>;

async function trimAll({ log, topic, group }: TidyOptions, signal: AbortSignal, wait: Wait): Promise<void> {
  while (!signal.aborted && (await log.trim(topic, group, PORTION)) >= PORTION) await wait(MS.betweenPortions);
}

/** @returns whether it came to the end */
async function sealAll({ log, topic }: TidyOptions, signal: AbortSignal, wait: Wait): Promise<boolean> {
  for (const one of [topic, 'onward.receipts.dead'] as const) {
    for (let at: number | null = 0; at !== null; at = await log.closeReadable(one, at, PORTION)) {
      if (signal.aborted) return false;
      await wait(MS.betweenPortions);
    }
  }
  return true;
}
