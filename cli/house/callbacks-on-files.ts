import type { Follower } from '../../callbacks/follow';
import type { SqliteLog } from '../../log/sqlite/log';
import type { ProjectionSteps } from '../../projection/contract';
import type { CallbackProfileStore, DeliveryStore } from '../../store/contract';

const TOPIC = 'onward.events';
const PARTITION = 0;
const BATCH_RECORDS = 500;
/** How often a position is noted that led to no delivery. */
const NOTE_MS = 1_000;

export interface OnFiles {
  log: Pick<SqliteLog, 'read' | 'lastPosition'>;
  follower: Follower;
  deliveries: Pick<DeliveryStore, 'add'>;
  profiles: Pick<CallbackProfileStore, 'list'>;
  /** Null: from the first record on. */
  from: number | null;
  /** There are new deliveries. */
  wake(): void;
}

/**
 * Follows the events table of this machine, batch by batch. The position goes with the deliveries that it led to; where
 * it led to none it is noted now and then, as what is read again comes to the same.
 */
export function followOnFiles(options: OnFiles): ProjectionSteps {
  const { log, follower, deliveries, profiles, wake } = options;
  let position = options.from ?? 0;
  let noted = position;
  let noteAt = 0;

  async function note(): Promise<void> {
    if (noted === position) return;
    const reached = position;
    await deliveries.add([], { partition: PARTITION, position: reached });
    noted = reached;
    noteAt = Date.now() + NOTE_MS;
  }

  /** Whatever stood in the log before there was a profile is told to nobody, and need not be read. */
  async function passed(): Promise<boolean> {
    const end = log.lastPosition(TOPIC);
    if (end <= position) return true;
    const { items } = await profiles.list({ limit: 1, cursor: null });
    if (items.length > 0) return false;
    position = end;
    return true;
  }

  return {
    async step() {
      if (await passed()) {
        if (Date.now() >= noteAt) await note();
        return false;
      }
      const records = await log.read(TOPIC, PARTITION, position, BATCH_RECORDS);
      const last = records[records.length - 1];
      if (!last) return false;
      const followed = await follower.follow(records);
      if (followed.deliveries.length > 0) {
        await deliveries.add(followed.deliveries, { partition: PARTITION, position: last.position });
        noted = last.position;
        wake();
      }
      followed.kept();
      position = last.position;
      return true;
    },
    checkpoint() {},
    async close() {
      // Where it cannot be written, the same is read again.
      await note().catch(() => {});
    },
  };
}
