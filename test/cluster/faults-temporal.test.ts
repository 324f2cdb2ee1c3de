import { join } from 'node:path';
import type { TemporalServer } from '../../temporal/dev-server';
import { besiegedCluster } from '../support/besieged-cluster';
import { reckon } from '../support/reckoning';
import { describeWithTemporalProcess } from '../support/temporal-server';
import { temporaryFolder } from '../support/temporary-folder';
import { until } from '../support/until';
import { describeWithServers } from '../support/with-servers';

const LIMIT_MS = 240_000;

describeWithTemporalProcess('Temporal away under load', (start) => {
  describeWithServers({ kafka: true, mongo: true }, 'beside the other servers', ({ kafka, mongo }) => {
    const dbFile = join(temporaryFolder(), 'temporal.db');
    let temporal: TemporalServer;
    beforeAll(async () => {
      temporal = await start({ dbFile });
    }, LIMIT_MS);
    const cluster = besiegedCluster({
      kafka,
      mongo,
      temporal: {
        get address() {
          return temporal.address;
        },
      },
    });

    /** As the process itself tells how far it is behind. */
    async function waiting(): Promise<number> {
      const text = await (await fetch(`${cluster.roles.receipts.url}/metrics`)).text();
      const lines = text.matchAll(/^onward_log_lag_records\{topic="onward.receipts",[^}]*role="receipts"\} (\d+)$/gm);
      return [...lines].reduce((sum, [, records]) => sum + Number(records), 0);
    }

    test(
      'receipts are acknowledged and wait in Kafka, none is buried, and all of them are taken afterwards',
      async () => {
        const patient: string[] = [];
        for (let n = 0; n < 10; n++) {
          const { id } = await cluster.invoke({ whatsapp: 'silent' });
          if (id !== null) patient.push(id);
        }
        const load = cluster.startLoad();
        await until(() => load.asked.length >= 20, 'the first runs');
        const { port } = temporal;
        await temporal.stop();
        const handed = await Promise.all(patient.map((id) => cluster.handIn(id, { status: 'delivered' })));
        expect(handed.map(({ status }) => status)).toEqual(patient.map(() => 202));
        await until(async () => (await waiting()) >= patient.length, 'the lag to be seen');
        await until(() => load.asked.at(-1)?.status === 503, 'invocations to be refused');

        temporal = await start({ dbFile, port });
        const refused = load.asked.length;
        await until(() => load.asked.slice(refused).filter(({ id }) => id !== null).length >= 10, 'runs to be taken');
        await load.stop();
        const { complaints, dead, fold } = await reckon(cluster);
        expect(complaints).toEqual([]);
        expect(dead).toEqual([]);
        expect(patient.map((id) => fold.states.get(id)?.steps[0]?.attempts[0]?.seen.length)).toEqual(
          patient.map(() => 1),
        );
        await until(async () => (await waiting()) === 0, 'the lag to be over');
      },
      LIMIT_MS,
    );
  });
});
