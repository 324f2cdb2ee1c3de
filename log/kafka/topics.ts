import type { Admin, ITopicConfig } from 'kafkajs';
import { LOG_TOPICS, type Topic } from '../../schemas/vocabulary';
import { type KafkaSettings, KafkaUnusable } from './settings';

/** A message of ours is at most 1 MB, its frame included. */
const MESSAGE_BYTES_MAX = 1_048_576;
const CREATE_WITHIN_MS = 15_000;

/** As the cluster has them, prefix and all. */
export function topicName({ prefix }: Pick<KafkaSettings, 'prefix'>, topic: Topic): string {
  return `${prefix}${topic}`;
}

export function groupName({ prefix }: Pick<KafkaSettings, 'prefix'>, group: string): string {
  return `${prefix}onward.${group}`;
}

/**
 * Makes the topics that are missing; those that exist stay as they are. Two processes may do so at once.
 * @throws KafkaUnusable when the cluster will not have them
 */
export async function makeTopics(admin: Admin, settings: KafkaSettings): Promise<void> {
  const there = new Set(await admin.listTopics());
  const missing = LOG_TOPICS.map((topic) => topicName(settings, topic)).filter((name) => !there.has(name));
  for (const name of missing) {
    const config: ITopicConfig = {
      topic: name,
      numPartitions: settings.partitions,
      ...(settings.replication === null ? {} : { replicationFactor: settings.replication }),
      configEntries: [{ name: 'max.message.bytes', value: String(MESSAGE_BYTES_MAX) }],
    };
    try {
      await admin.createTopics({ topics: [config], waitForLeaders: true, timeout: CREATE_WITHIN_MS });
    } catch (error) {
      const refusal = refusalOf(typesOf(error), name, settings);
      throw refusal ? new KafkaUnusable(refusal, { cause: error }) : error;
    }
  }
  // Rejects while one of them has no leader yet, also where it was another process that has made it.
  if (missing.length > 0) await admin.fetchTopicMetadata({ topics: missing });
}

function refusalOf(types: readonly string[], name: string, { replication }: KafkaSettings): string | null {
  if (types.some((type) => type.endsWith('AUTHORIZATION_FAILED'))) {
    return `KAFKA_BROKERS leads to a cluster without the topic ${name}, where we may not create it. Create it, or allow us to.`;
  }
  if (types.includes('INVALID_REPLICATION_FACTOR')) {
    const asked =
      replication === null ? 'The broker’s default replication' : `ONWARD_KAFKA_REPLICATION is ${replication}, which`;
    return `${asked} is more than the cluster can keep for the topic ${name}. Set ONWARD_KAFKA_REPLICATION to at most the number of brokers.`;
  }
  if (types.includes('POLICY_VIOLATION')) {
    return `KAFKA_BROKERS leads to a cluster whose policy refuses the topic ${name}. Create it, or set ONWARD_KAFKA_PARTITIONS and ONWARD_KAFKA_REPLICATION as it wants them.`;
  }
  return null;
}

/** What the brokers answered, in their words; kafkajs wraps it in several ways. */
export function typesOf(error: unknown): string[] {
  const types: string[] = [];
  for (let depth = 0, one = error; one instanceof Error && depth < 6; depth++, one = one.cause) {
    if ('type' in one && typeof one.type === 'string') types.push(one.type);
    if ('errors' in one && Array.isArray(one.errors)) types.push(...one.errors.flatMap(typesOf));
  }
  return types;
}
