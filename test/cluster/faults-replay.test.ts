import { besiegedCluster } from '../support/besieged-cluster';
import { committedBy, endsOf, withAdmin } from '../support/kafka-admin';
import { reckon } from '../support/reckoning';
import { runVerb } from '../support/run-verb';
import { until } from '../support/until';
import { describeWithServers } from '../support/with-servers';

/** Each is read again for each of its receipts that comes again: see startLoad. */
const RUNS = 15;
const LIMIT_MS = 240_000;
const GENERATION = /^(?:invocations|messages|rollups|positions)_(\d+)$/;

describeWithServers({ temporal: true, kafka: true, mongo: true }, 'what was consumed, once more', (servers) => {
  const cluster = besiegedCluster(servers);

  const generations = async () => {
    const names = await cluster.db.listCollections({}, { nameOnly: true }).toArray();
    return new Set(names.map(({ name }) => GENERATION.exec(name)?.[1]).filter((one) => one !== undefined));
  };

  test(
    'a rebuild under load, beside the live projection, comes to the fold of the events, and the old read models go',
    async () => {
      const load = cluster.startLoad({ lanes: 1 });
      await until(() => load.asked.length >= RUNS, 'runs before the rebuild');
      const before = await generations();
      const atBegin = load.asked.length;
      const { status, err } = await runVerb(['projection', 'rebuild'], cluster.env());
      expect({ status, err }).toEqual({ status: 0, err: '' });
      expect(load.asked.length).toBeGreaterThan(atBegin);
      const after = await generations();
      expect(after.size).toBe(1);
      expect([...after].some((one) => before.has(one))).toBe(false);
      await load.stop();
      const { complaints, dead, fold } = await reckon(cluster);
      expect(complaints).toEqual([]);
      expect(dead).toEqual([]);
      expect(fold.states.size).toBeGreaterThan(RUNS);
    },
    LIMIT_MS,
  );

  test(
    'both topics from the first record on: nothing changes, no event comes, nothing is sent',
    async () => {
      const before = await reckon(cluster);
      await Promise.all([cluster.roles.api.stop(), cluster.roles.receipts.stop(), cluster.roles.projector.stop()]);
      await withAdmin(cluster.brokers, async (admin) => {
        for (const [group, topic] of [
          ['engine', 'onward.receipts'],
          ['projector', 'onward.events'],
        ] as const) {
          const groupId = `${cluster.prefix}onward.${group}`;
          await admin.resetOffsets({ groupId, topic: `${cluster.prefix}${topic}`, earliest: true });
        }
      });
      await Promise.all([cluster.again('api'), cluster.again('receipts'), cluster.again('projector')]);
      const after = await reckon(cluster);
      expect(after.complaints).toEqual([]);
      expect(after.dead).toEqual([]);
      expect(after.events).toEqual(before.events);
      expect(after.fold.runs).toEqual(before.fold.runs);
      const consumed = await withAdmin(cluster.brokers, async (admin) => [
        await committedBy(admin, cluster, 'onward.receipts', 'engine'),
        await endsOf(admin, cluster, 'onward.receipts'),
      ]);
      expect(consumed[0]).toEqual(consumed[1]);
    },
    LIMIT_MS,
  );
});
