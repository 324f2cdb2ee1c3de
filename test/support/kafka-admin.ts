import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { type Admin, Kafka, logLevel } from 'kafkajs';
import type { Topic } from '../../schemas/vocabulary';
import type { BesiegedCluster } from './besieged-cluster';

export type Group = 'engine' | 'projector' | 'redrive';

/** A client as an operator has it. */
export async function withAdmin<T>(brokers: string, use: (admin: Admin) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: brokers.split(','), logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

/** Position after the newest record, by partition. */
export async function endsOf(admin: Admin, { prefix }: { prefix: string }, topic: Topic): Promise<Map<number, number>> {
  const offsets = await admin.fetchTopicOffsets(`${prefix}${topic}`);
  return new Map(offsets.map(({ partition, high }) => [partition, Number(high)]));
}

/** What the group consumes next, by partition; 0 where it has committed nothing. */
export async function committedBy(
  admin: Admin,
  { prefix }: { prefix: string },
  topic: Topic,
  group: Group,
): Promise<Map<number, number>> {
  const name = `${prefix}${topic}`;
  const [found] = await admin.fetchOffsets({ groupId: `${prefix}onward.${group}`, topics: [name] });
  return new Map(found?.partitions.map(({ partition, offset }) => [partition, Math.max(Number(offset), 0)]));
}

const QUIET = { looks: 8, everyMs: 300 } as const;

/**
 * Waits until all that was taken has been begun and has ended, both groups have consumed all there is, and for some
 * seconds nothing more has come.
 * @returns null, or a sentence that says what is still under way after that time
 */
export async function untilQuiet(cluster: BesiegedCluster, withinMs: number): Promise<string | null> {
  return withAdmin(cluster.brokers, async (admin) => {
    let before: unknown = null;
    let same = 0;
    let why: string | null = 'nobody has looked yet';
    for (const until = Date.now() + withinMs; Date.now() < until; await pause(QUIET.everyMs)) {
      const ends = [
        await endsOf(admin, cluster, 'onward.events'),
        await endsOf(admin, cluster, 'onward.receipts'),
        await endsOf(admin, cluster, 'onward.receipts.dead'),
      ] as const;
      why = await underWay(admin, cluster, ends[0], ends[1]);
      same = why === null && isDeepStrictEqual(ends, before) ? same + 1 : 0;
      before = ends;
      if (same === QUIET.looks) return null;
    }
    return `it does not come to rest: ${why ?? 'records go on coming'}`;
  });
}

async function underWay(
  admin: Admin,
  cluster: BesiegedCluster,
  events: ReadonlyMap<number, number>,
  receipts: ReadonlyMap<number, number>,
): Promise<string | null> {
  const { store } = cluster;
  for (const [partition, end] of events) {
    const folded = (await store.invocations.foldedTo(partition)) ?? -1;
    if (folded < end - 1) return `of ${end} event records of partition ${partition} ${folded + 1} are folded in`;
  }
  for (const [topic, group, ends] of [
    ['onward.receipts', 'engine', receipts],
    ['onward.events', 'projector', events],
  ] as const) {
    const committed = await committedBy(admin, cluster, topic, group);
    for (const [partition, end] of ends) {
      const next = committed.get(partition) ?? 0;
      if (next < end) return `${group} has consumed ${next} of ${end} records of partition ${partition}`;
    }
  }
  const parked = await store.parked.count();
  if (parked > 0) return `${parked} receipts are parked`;
  const running = await store.invocations.search({ mode: 'test', status: 'running' }, { limit: 1, cursor: null });
  const [open] = running.items;
  return open ? `${open.record.id} runs` : null;
}
