import { join } from 'node:path';
import type { Lag, Log } from '../../log/contract';
import { startRelay } from '../../log/relay';
import { SqliteLog } from '../../log/sqlite/log';
import { holdExclusively } from '../../sqlite/exclusive';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';

const GROUP = 'spool';
const TOPIC = 'onward.receipts';
const MS = { tryLock: 1_000, trim: 60_000 } as const;

/** Receipts that came while Kafka was away, of senders that would not send them again. */
export interface Spool {
  log: Log;
  lag(): Promise<Lag[]>;
  close(): Promise<void>;
}

/** The file, and whoever brings what is in it to Kafka: one of the processes that have it open. */
export function openSpool(dataFolder: string, to: Log, onFault: (message: string, error: unknown) => void): Spool {
  const group = new GroupCommit(openDatabase(join(dataFolder, 'spool.db'), { durability: 'full' }));
  const log = new SqliteLog(group, { onFault });
  let lock: { release(): void } | null = null;
  let relay: Promise<{ stop(): Promise<void> }> | null = null;
  const drain = () => {
    lock ??= holdExclusively(join(dataFolder, 'spool.lock'));
    if (!lock) return;
    clearInterval(trying);
    relay = startRelay({ from: log, to, topic: TOPIC, group: GROUP, onFault });
  };
  const trying = setInterval(drain, MS.tryLock).unref();
  drain();
  const trimming = setInterval(() => {
    if (lock) log.trim(TOPIC, GROUP).catch((error) => onFault('the spool could not be trimmed', error));
  }, MS.trim).unref();
  return {
    log,
    async lag() {
      return (await log.lag()).filter((one) => one.group === GROUP);
    },
    async close() {
      clearInterval(trying);
      clearInterval(trimming);
      await (await relay)?.stop();
      await log.close();
      group.close();
      lock?.release();
    },
  };
}
