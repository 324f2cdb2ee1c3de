import { setTimeout as pause } from 'node:timers/promises';
import type { Topic } from '../../schemas/vocabulary';
import { createMongoEvents } from '../../store/mongo/events';
import { type BesiegedCluster, besiegedCluster } from '../support/besieged-cluster';
import { readTopic } from '../support/folded';
import { committedBy, endsOf, type Group, withAdmin } from '../support/kafka-admin';
import { reckon } from '../support/reckoning';
import { until } from '../support/until';
import { describeWithServers } from '../support/with-servers';

const KILLS = 3;
/** Longer than a living member takes to commit what it has done. */
const COMMITTED_WITHIN_MS = 1_500;
const LIMIT_MS = 240_000;

describeWithServers({ temporal: true, kafka: true, mongo: true }, 'consumers that are killed under load', (servers) => {
  const cluster = besiegedCluster(servers);
  let receiptsAgain = 0;
  let eventsAgain = 0;

  test(
    'leave nothing undone and nothing done twice',
    async () => {
      const load = cluster.startLoad({ lanes: 2, everyMs: 500 });
      for (let n = 1; n <= KILLS; n++) {
        await until(() => load.asked.length >= n * 15, 'runs before the kill');
        await atWork(load.asked.map(({ id }) => id).filter((id) => id !== null));
        const kill = { receipts: await killed('receipts'), events: await killed('projector') };
        await pause(COMMITTED_WITHIN_MS);
        receiptsAgain += await takenUncommitted(cluster, kill.receipts);
        eventsAgain += await keptUncommitted(cluster, kill.events);
        await Promise.all([cluster.again('receipts'), cluster.again('projector')]);
      }
      await load.stop();
      const { complaints, dead, fold } = await reckon(cluster);
      expect(complaints).toEqual([]);
      expect(dead).toEqual([]);
      expect(fold.states.size).toBeGreaterThan(KILLS * 15);
    },
    LIMIT_MS,
  );

  test('and the kills came between effect and commit: what had been taken was consumed again', () => {
    expect(receiptsAgain).toBeGreaterThan(0);
    expect(eventsAgain).toBeGreaterThan(0);
  });

  /** A crowd of receipts, so that some are on their way through the consumer when it is killed. */
  async function atWork(ids: readonly string[]): Promise<void> {
    await Promise.all(ids.slice(-40).map((id) => cluster.handIn(id)));
    await pause(50);
  }

  /** @returns how far the topic went when it was killed */
  async function killed(role: 'receipts' | 'projector'): Promise<Map<number, number>> {
    const topic = role === 'receipts' ? 'onward.receipts' : 'onward.events';
    await cluster.roles[role].kill();
    return withAdmin(cluster.brokers, (admin) => endsOf(admin, cluster, topic));
  }
});

/** What the group will consume again: the living have committed what is theirs, and only the dead have not. */
async function uncommitted(cluster: BesiegedCluster, topic: Topic, group: Group, ends: ReadonlyMap<number, number>) {
  const next = await withAdmin(cluster.brokers, (admin) => committedBy(admin, cluster, topic, group));
  const records = await readTopic(cluster.brokers, `${cluster.prefix}${topic}`);
  return records.filter(({ partition, offset }) => {
    return offset >= (next.get(partition) ?? 0) && offset < (ends.get(partition) ?? 0);
  });
}

/** Receipts that their runs have, and that will be consumed again. */
async function takenUncommitted(cluster: BesiegedCluster, ends: ReadonlyMap<number, number>): Promise<number> {
  const events = await readTopic(cluster.brokers, `${cluster.prefix}onward.events`);
  const told = events.map(({ value }) => value).join('\n');
  const again = await uncommitted(cluster, 'onward.receipts', 'engine', ends);
  return again.filter(({ value }) => {
    const { code } = JSON.parse(value) as { code?: string };
    return code !== undefined && told.includes(`"code":"${code}"`);
  }).length;
}

/** Events that the store keeps already, folded or not, and that will be consumed again. */
async function keptUncommitted(cluster: BesiegedCluster, ends: ReadonlyMap<number, number>): Promise<number> {
  const kept = await createMongoEvents(cluster.db).ends();
  const again = await uncommitted(cluster, 'onward.events', 'projector', ends);
  return again.filter(({ partition, offset }) => offset <= (kept.get(partition) ?? -1)).length;
}
