import { join } from 'node:path';
import type { Lag, Log } from '../../log/contract';
import { startRelay } from '../../log/relay';
import type { Envelope } from '../../log/sqlite/closed-values';
import { SqliteLog } from '../../log/sqlite/log';
import { startTidying } from '../../log/sqlite/tidy';
import { holdExclusively } from '../../sqlite/exclusive';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';

const GROUP = 'spool';
const TOPIC = 'onward.receipts';
const TRY_LOCK_MS = 1_000;

/** Receipts that came while Kafka was away, of senders that would not send them again. */
export interface Spool {
  log: Log;
  lag(): Promise<Lag[]>;
  close(): Promise<void>;
}

export interface SpoolOptions {
  dataFolder: string;
  to: Log;
  /** What came is sealed in the file. */
  envelope: Envelope;
  onFault(message: string, error: unknown): void;
}

/** The file, and whoever brings what is in it to Kafka: one of the processes that have it open. */
export function openSpool({ dataFolder, to, envelope, onFault }: SpoolOptions): Spool {
  const group = new GroupCommit(openDatabase(join(dataFolder, 'spool.db'), { durability: 'full' }));
  const log = new SqliteLog(group, { envelope, onFault });
  let lock: { release(): void } | null = null;
  let relay: Promise<{ stop(): Promise<void> }> | null = null;
  const drain = () => {
    lock ??= holdExclusively(join(dataFolder, 'spool.lock'));
    if (!lock) return;
    clearInterval(trying);
    relay = startRelay({ from: log, to, topic: TOPIC, group: GROUP, onFault });
  };
  const trying = setInterval(drain, TRY_LOCK_MS).unref();
  drain();
  const tidying = startTidying({ log, topic: TOPIC, group: GROUP, mine: () => lock !== null, onFault });
  return {
    log,
    async lag() {
      return (await log.lag()).filter((one) => one.group === GROUP);
    },
    async close() {
      clearInterval(trying);
      await tidying.stop();
      await (await relay)?.stop();
      await log.close();
      group.close();
      lock?.release();
    },
  };
}
