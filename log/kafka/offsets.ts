import type { Admin } from 'kafkajs';
import type { Topic } from '../../schemas/vocabulary';
import { type Lag, LogUnavailable } from '../contract';
import { type KafkaClient, within } from './client';
import { groupName, topicName } from './topics';

const ANSWER_MS = 2_000;

/** What the groups of this house consume: known also where one has not committed anything yet. */
const HOUSE: ReadonlyMap<string, Topic> = new Map([
  ['engine', 'onward.receipts'],
  ['projector', 'onward.events'],
  ['redrive', 'onward.receipts.dead'],
]);

export interface OffsetsDeps {
  prefix: string;
  client(): KafkaClient;
  /** The topic that a group subscribed to in this process. */
  subscribed(): ReadonlyMap<string, Topic>;
}

interface Connected extends KafkaClient {
  admin: Admin;
}

/** Asks the brokers how long the topics are and how far the groups have come. Each question waits 2 s at most. */
export class KafkaOffsets {
  private connected: Promise<Connected> | null = null;
  private client: KafkaClient | null = null;

  constructor(private readonly deps: OffsetsDeps) {}

  /** Position of the newest record by partition. @throws LogUnavailable */
  async ends(topic: Topic): Promise<Map<number, number>> {
    const had = [...(await this.bounds(topic))].filter(([, { high }]) => high > 0);
    return new Map(had.map(([partition, { high }]) => [partition, high - 1]));
  }

  /** By partition the offset of the oldest record and the one that the next will have. @throws LogUnavailable */
  async bounds(topic: Topic): Promise<Map<number, { low: number; high: number }>> {
    const offsets = await this.ask((admin) => admin.fetchTopicOffsets(topicName(this.deps, topic)));
    return new Map(offsets.map(({ partition, low, high }) => [partition, { low: Number(low), high: Number(high) }]));
  }

  /** Of the groups that subscribed here, and of this house's own that the cluster knows. @throws LogUnavailable */
  lag(): Promise<Lag[]> {
    return this.ask(async (admin) => {
      const lags: Lag[] = [];
      const ends = new Map<Topic, ReturnType<Admin['fetchTopicOffsets']>>();
      for (const [group, topic] of await this.groups(admin)) {
        const asked = ends.get(topic) ?? admin.fetchTopicOffsets(topicName(this.deps, topic));
        ends.set(topic, asked);
        lags.push(...(await this.lagOf(admin, topic, group, await asked)));
      }
      return lags;
    });
  }

  /** @throws LogUnavailable */
  members(group: string): Promise<number> {
    return this.ask(async (admin) => {
      const { groups } = await admin.describeGroups([groupName(this.deps, group)]);
      return groups.reduce((sum, { members }) => sum + members.length, 0);
    });
  }

  async close(): Promise<void> {
    const connected = await this.connected?.catch(() => null);
    if (connected) await within(ANSWER_MS, connected.admin.disconnect());
    this.giveUp();
  }

  private async groups(admin: Admin): Promise<Map<string, Topic>> {
    const { groups } = await admin.listGroups();
    const there = new Set(groups.map(({ groupId }) => groupId));
    const known = [...HOUSE].filter(([group]) => there.has(groupName(this.deps, group)));
    return new Map([...known, ...this.deps.subscribed()]);
  }

  private async lagOf(
    admin: Admin,
    topic: Topic,
    group: string,
    ends: Awaited<ReturnType<Admin['fetchTopicOffsets']>>,
  ): Promise<Lag[]> {
    const topics = [topicName(this.deps, topic)];
    const [committed] = await admin.fetchOffsets({ groupId: groupName(this.deps, group), topics });
    const next = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
    return ends.map(({ partition, low, high }) => {
      // -1 where nothing was committed; less than `low` where records were deleted before they were consumed.
      const from = Math.max(next.get(partition) ?? -1, Number(low));
      return { topic, group, partition, consumed: from - 1, records: Math.max(Number(high) - from, 0) };
    });
  }

  private async ask<T>(question: (admin: Admin) => Promise<T>): Promise<T> {
    let answer: { value: T } | null = null;
    let cause: unknown;
    const asking = this.open()
      .then(({ admin }) => question(admin))
      .then(
        (value) => {
          answer = { value };
        },
        (error) => {
          cause = error;
        },
      );
    await within(ANSWER_MS, asking);
    const got = answer as { value: T } | null;
    if (got) return got.value;
    this.giveUp();
    throw new LogUnavailable('Kafka does not answer', { cause });
  }

  private open(): Promise<Connected> {
    this.connected ??= this.connect();
    return this.connected;
  }

  private async connect(): Promise<Connected> {
    const client = this.deps.client();
    this.client = client;
    const admin = client.kafka.admin({ retry: { retries: 3 } });
    await admin.connect();
    return { ...client, admin };
  }

  private giveUp(): void {
    this.connected = null;
    this.client?.cut();
    this.client = null;
  }
}
