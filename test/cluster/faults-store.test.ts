import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { MongoServer } from '../servers/mongo';
import { besiegedCluster } from '../support/besieged-cluster';
import { endsOf, withAdmin } from '../support/kafka-admin';
import { describeWithMongoProcess } from '../support/mongo-server';
import { reckon } from '../support/reckoning';
import { until } from '../support/until';
import { describeWithServers } from '../support/with-servers';

const AWAY_MS = 60_000;
const LIMIT_MS = 240_000;
/** What a process may have come to hold meanwhile, in MiB. */
const GROWTH_MIB = 150;
/** The longest that an answer takes while it is found out that the server is away, with some room. */
const QUICK_MS = 12_000;

describeWithMongoProcess('MongoDB away for a minute under load', (start) => {
  describeWithServers({ temporal: true, kafka: true }, 'beside the other servers', ({ temporal, kafka }) => {
    let mongo: MongoServer;
    beforeAll(async () => {
      mongo = await start();
    }, LIMIT_MS);
    const cluster = besiegedCluster({ temporal, kafka, mongo: { urlOf: (database) => `${mongo.url}${database}` } });

    test(
      'invocations are refused with 503, consumption waits and goes on afterwards, and memory stays bounded',
      async () => {
        const load = cluster.startLoad();
        await until(() => load.asked.length >= 20, 'the first runs');
        const processes = Object.values(cluster.roles);
        const before = processes.map(({ pid }) => residentMib(pid));
        const ids = [...cluster.taken];
        await mongo.stop();
        const goneAt = Date.now();
        // What was on its way then has been answered either way.
        await pause(QUICK_MS);
        const from = load.asked.length;
        const atBegin = await lengths();
        // Whoever needs no key is taken at his word all the same: the log has it.
        const called = await Promise.all(ids.map((id) => cluster.webhook(id)));
        expect(new Set(called.map(({ status }) => status))).toEqual(new Set([202]));
        await pause(Math.max(goneAt + AWAY_MS - Date.now(), 0));
        const meanwhile = load.asked.slice(from);
        expect(new Set(meanwhile.map(({ status }) => status))).toEqual(new Set([503]));
        expect(Math.max(...meanwhile.map(({ tookMs }) => tookMs))).toBeLessThan(QUICK_MS);
        expect(await lengths()).toBe(atBegin + called.length);
        const growth = processes.map(({ pid }, n) => residentMib(pid) - (before[n] ?? 0));
        expect(Math.max(...growth)).toBeLessThan(GROWTH_MIB);

        await mongo.startAgain();
        const refused = load.asked.length;
        await until(() => load.asked.slice(refused).filter(({ id }) => id !== null).length >= 10, 'runs to be taken');
        await load.stop();
        const { complaints, dead } = await reckon(cluster);
        expect(complaints).toEqual([]);
        expect(dead).toEqual([]);
        // None has died and been started anew by anybody.
        expect(Object.values(cluster.roles).map(({ pid }) => residentMib(pid) > 0)).toEqual([true, true, true]);
      },
      LIMIT_MS,
    );

    /** Of the receipts' topic. */
    async function lengths(): Promise<number> {
      const ends = await withAdmin(cluster.brokers, (admin) => endsOf(admin, cluster, 'onward.receipts'));
      return [...ends.values()].reduce((sum, end) => sum + end, 0);
    }
  });
});

/** What of a process is in memory, by Linux's own account; 0 where it is not there to be looked at. */
function residentMib(pid: number): number {
  try {
    const [, kib = '0'] = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kib) / 1024;
  } catch {
    return 0;
  }
}
