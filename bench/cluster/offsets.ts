import type { RawKafka } from './raw-kafka';

/** How many records a topic has, over all its partitions. */
export async function recordsIn({ admin }: RawKafka, topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(topic);
  return offsets.reduce((sum, { high }) => sum + Number(high), 0);
}

/** How many of them a group has consumed: whoever has that group has carried out what they lead to. */
export async function consumedOf({ admin }: RawKafka, topic: string, group: string): Promise<number> {
  const [found] = await admin.fetchOffsets({ groupId: group, topics: [topic] });
  return (found?.partitions ?? []).reduce((sum, { offset }) => sum + Math.max(Number(offset), 0), 0);
}
