import { setTimeout as pause } from 'node:timers/promises';
import { besiegedCluster } from '../support/besieged-cluster';
import { reckon } from '../support/reckoning';
import type { ServerProcess } from '../support/server-process';
import { describeWithServers } from '../support/with-servers';

const EVERY_MS = 2_000;
const CHANGES = 10;
const LIMIT_MS = 240_000;

describeWithServers({ temporal: true, kafka: true, mongo: true }, 'members that join and leave', (servers) => {
  const cluster = besiegedCluster(servers);

  test(
    'every two seconds under load lose nothing and count nothing twice',
    async () => {
      const load = cluster.startLoad();
      await Promise.all([comeAndGo('receipts'), comeAndGo('projector')]);
      await load.stop();
      const { complaints, dead, fold } = await reckon(cluster);
      expect(complaints).toEqual([]);
      expect(dead).toEqual([]);
      expect(fold.states.size).toBeGreaterThan(30);
    },
    LIMIT_MS,
  );

  async function comeAndGo(role: 'receipts' | 'projector'): Promise<void> {
    let another: ServerProcess | null = null;
    for (let change = 0; change < CHANGES; change++) {
      const next = Date.now() + EVERY_MS;
      if (another) {
        expect(await another.stop()).toBe(0);
        another = null;
      } else {
        another = await cluster.role(role);
      }
      await pause(Math.max(next - Date.now(), 0));
    }
  }
});
