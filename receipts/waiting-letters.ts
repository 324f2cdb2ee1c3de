import { setTimeout as pause } from 'node:timers/promises';
import type { Log, LogRecord } from '../log/contract';
import type { Topic } from '../schemas/vocabulary';

const MS = { look: 50, patience: 10_000 } as const;

/** Looked at and left where it stands. */
class OnlyLookedAt extends Error {
  constructor() {
    super('these dead letters were looked at and stay where they are');
    this.name = 'OnlyLookedAt';
  }
}

/**
 * What a group has still to consume of a topic, without its consuming it: of each partition at most `limit` of the
 * oldest. The group must not be consuming meanwhile in this process.
 */
export async function stillToConsume(log: Log, topic: Topic, group: string, limit: number): Promise<LogRecord[]> {
  const [ends, lags] = await Promise.all([log.ends(topic), log.lag()]);
  const behind = lags.filter((lag) => lag.topic === topic && lag.group === group);
  const known = new Map(behind.map(({ partition, records }) => [partition, records]));
  const partitions = [...ends].filter(([partition]) => (known.get(partition) ?? 1) > 0);
  if (partitions.length === 0) return [];
  if (!log.read) return looked(log, topic, group, { limit, partitions: partitions.map(([partition]) => partition) });
  const found: LogRecord[] = [];
  for (const [partition, end] of partitions) {
    const records = known.get(partition);
    // A group that never was has everything before it.
    const after = records === undefined ? -1 : end - records;
    found.push(...(await log.read(topic, partition, after, limit)));
  }
  return found;
}

interface Looking {
  limit: number;
  partitions: readonly number[];
}

/** As a member of the group that consumes nothing: a batch that its handler rejects comes again to whoever is next. */
async function looked(log: Log, topic: Topic, group: string, { limit, partitions }: Looking): Promise<LogRecord[]> {
  const found = new Map<number, readonly LogRecord[]>();
  const subscription = await log.subscribe(topic, group, async (records) => {
    const [first] = records;
    if (first) found.set(first.partition, records.slice(0, limit));
    throw new OnlyLookedAt();
  });
  const until = Date.now() + MS.patience;
  try {
    while (partitions.some((partition) => !found.has(partition)) && Date.now() < until) await pause(MS.look);
  } finally {
    await subscription.stop();
  }
  return [...found.values()].flat();
}
