import type { Log, LogRecord } from '../log/contract';
import type { Topic } from '../schemas/vocabulary';

/** By partition, how far a group has consumed a topic; those are left out in which nothing waits for it. */
export async function waitingAfter(log: Log, topic: Topic, group: string): Promise<Map<number, number>> {
  const [ends, lags] = await Promise.all([log.ends(topic), log.lag()]);
  const its = lags.filter((lag) => lag.topic === topic && lag.group === group);
  const consumed = new Map(its.map((lag) => [lag.partition, lag.consumed]));
  // A group that never was has everything before it.
  const after = [...ends].map(([partition, end]) => ({ partition, end, after: consumed.get(partition) ?? -1 }));
  return new Map(after.filter(({ after, end }) => after < end).map(({ partition, after }) => [partition, after]));
}

/** Of each partition at most `limit`, the oldest first; the partitions in their order. */
export async function readWaiting(
  log: Log,
  topic: Topic,
  after: ReadonlyMap<number, number>,
  limit: number,
): Promise<LogRecord[]> {
  const partitions = [...after].sort(([one], [other]) => one - other);
  const found = await Promise.all(partitions.map(([partition, from]) => log.read(topic, partition, from, limit)));
  return found.flat();
}
