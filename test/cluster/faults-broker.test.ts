import { setTimeout as pause } from 'node:timers/promises';
import type { KafkaServer } from '../servers/kafka';
import { besiegedCluster } from '../support/besieged-cluster';
import { describeWithKafkaProcess } from '../support/kafka-server';
import { reckon } from '../support/reckoning';
import { until } from '../support/until';
import { describeWithServers } from '../support/with-servers';

const AWAY_MS = 5_000;
const LIMIT_MS = 240_000;

describeWithKafkaProcess('a broker that goes and comes back under load', (start) => {
  describeWithServers({ temporal: true, mongo: true }, 'beside the other servers', ({ temporal, mongo }) => {
    let kafka: KafkaServer;
    beforeAll(async () => {
      kafka = await start();
    }, LIMIT_MS);
    const cluster = besiegedCluster({
      temporal,
      mongo,
      kafka: {
        get brokers() {
          return kafka.brokers;
        },
      },
    });

    test.each([
      ['stopped', () => kafka.stop()],
      ['killed', () => kafka.kill()],
    ])(
      '%s: receipts are answered 503 and come again, and nothing is lost',
      async (_, end) => {
        const load = cluster.startLoad();
        await until(() => load.asked.filter(({ id }) => id !== null).length >= 15, 'the first runs');
        const id = load.asked.find((one) => one.id !== null)?.id ?? '';
        await end();
        const goneAt = Date.now();
        const answers: number[] = [];
        while (Date.now() < goneAt + AWAY_MS) {
          answers.push((await cluster.handIn(id)).status, (await cluster.webhook(id)).status);
          await pause(100);
        }
        expect(new Set(answers)).toEqual(new Set([503]));

        await kafka.startAgain();
        await until(async () => (await cluster.handIn(id)).status === 202, 'receipts to be taken again');
        const called = await cluster.webhook(id);
        expect(called.status).toBe(202);
        const before = load.asked.length;
        await until(() => load.asked.slice(before).filter((one) => one.id !== null).length >= 15, 'more runs');
        await load.stop();
        const { complaints, dead, receipts } = await reckon(cluster);
        expect(complaints).toEqual([]);
        expect(dead).toEqual([]);
        expect(receipts.some(({ value }) => value.includes(called.code))).toBe(true);
      },
      LIMIT_MS,
    );
  });
});
