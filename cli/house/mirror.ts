import { join } from 'node:path';
import type { KafkaLog } from '../../log/kafka/log';
import { SqliteLog } from '../../log/sqlite/log';
import { GroupCommit } from '../../sqlite/group-commit';
import { migrate } from '../../sqlite/migrate';
import { openDatabase } from '../../sqlite/open';
import { soon } from './soon';

const TOPIC = 'onward.events';
const GROUP = 'mirror';

const MIGRATIONS = [
  `CREATE TABLE mirrored (
     source TEXT NOT NULL, partition INTEGER NOT NULL, position INTEGER NOT NULL, PRIMARY KEY (source, partition)
   ) WITHOUT ROWID`,
];

/**
 * Brings the events in Kafka into the events table of this machine, for a store that is files: histories and read models
 * are made from there, as without Kafka. Each record once: how far it is stands in the same transaction.
 */
export function startMirror(
  dataFolder: string,
  from: KafkaLog,
  onFault: (message: string, error: unknown) => void,
): { stop(): Promise<void> } {
  const group = new GroupCommit(openDatabase(join(dataFolder, 'onward.db'), { durability: 'full' }));
  const to = new SqliteLog(group, { onFault });
  migrate(group.db, 'mirror', MIGRATIONS);
  const known = group.db.prepare('SELECT position FROM mirrored WHERE source = ? AND partition = ?');
  const move = group.db.prepare('INSERT OR REPLACE INTO mirrored (source, partition, position) VALUES (?, ?, ?)');
  const subscribed = from.subscribe(TOPIC, GROUP, async (records) => {
    const [{ partition } = { partition: 0 }] = records;
    const row = known.get([from.identity, partition]) as { position: number } | undefined;
    const fresh = records.filter(({ position }) => position > (row?.position ?? -1));
    const last = fresh[fresh.length - 1];
    if (!last) return;
    for (const { key, value } of fresh) to.add(TOPIC, key, value);
    group.write(() => move.run([from.identity, partition, last.position]));
    await group.flushed();
  });
  const subscription = soon(subscribed, onFault);
  return {
    async stop() {
      await subscription.stop();
      await to.close();
      group.close();
    },
  };
}
