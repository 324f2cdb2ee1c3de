import type { Topic } from '../../schemas/vocabulary';
import {
  type Handler,
  type Lag,
  type Log,
  type LogRecord,
  type NewRecord,
  RECORD_BYTES_MAX,
  RecordTooLarge,
  type Subscription,
} from '../contract';
import { type ClientOptions, type KafkaClient, kafkaClient, type OnFault } from './client';
import { KafkaOffsets } from './offsets';
import type { KafkaPresence } from './presence';
import { KafkaReader } from './reader';
import type { KafkaSettings } from './settings';
import { KafkaSubscription } from './subscription';
import { bytesOf, TopicWriter } from './topic-writer';
import { groupName, topicName } from './topics';

/** How long an answer is waited for. A join may take a rebalance longer; kafkajs knows. */
const WRITER = { connectMs: 2_000, answerMs: 4_000, retries: 7 } as const;
const READER = { connectMs: 3_000, answerMs: 10_000, retries: 5 } as const;
const ASKER = { connectMs: 1_500, answerMs: 2_000, retries: 2 } as const;

export interface KafkaLogOptions {
  settings: KafkaSettings;
  /** Which cluster it is, and whose topics there: positions of another mean nothing. */
  identity: string;
  presence: KafkaPresence;
  onFault: OnFault;
}

/** The log on Kafka. Made by `connectKafka`. */
export class KafkaLog implements Log {
  readonly identity: string;
  private readonly writers = new Map<Topic, TopicWriter>();
  private readonly subscriptions = new Set<KafkaSubscription>();
  /** What each group that subscribed here consumes. */
  private readonly groups = new Map<string, Topic>();
  private readonly offsets: KafkaOffsets;
  private readonly reader: KafkaReader;

  constructor(private readonly options: KafkaLogOptions) {
    this.identity = options.identity;
    this.offsets = new KafkaOffsets({
      prefix: options.settings.prefix,
      client: () => this.client(ASKER),
      subscribed: () => this.groups,
    });
    this.reader = new KafkaReader({ settings: options.settings, offsets: this.offsets });
  }

  async append(topic: Topic, records: readonly NewRecord[]): Promise<void> {
    if (records.length === 0) return;
    for (const record of records) {
      const bytes = bytesOf(record);
      if (bytes > RECORD_BYTES_MAX) throw new RecordTooLarge(bytes);
    }
    await this.writer(topic).append(records);
  }

  /** A group consumes one topic: kafkajs would give its members partitions of topics that they do not read. */
  async subscribe(topic: Topic, group: string, handler: Handler): Promise<Subscription> {
    const its = this.groups.get(group) ?? topic;
    if (its !== topic) throw new Error(`the group ${group} consumes ${its} already`);
    this.groups.set(group, topic);
    const { settings, presence, onFault } = this.options;
    const subscription = new KafkaSubscription({
      topic,
      names: { topic: topicName(settings, topic), group: groupName(settings, group) },
      partitions: settings.partitions,
      handler,
      client: () => this.client(READER),
      suspect: () => presence.suspect(),
      onFault,
    });
    this.subscriptions.add(subscription);
    await subscription.joined;
    return {
      stop: async () => {
        await subscription.stop();
        this.subscriptions.delete(subscription);
      },
    };
  }

  /** @throws LogUnavailable when the brokers do not answer within 2 s */
  ends(topic: Topic): Promise<ReadonlyMap<number, number>> {
    return this.offsets.ends(topic);
  }

  /**
   * Of the groups that subscribed in this process and, over all processes, of `engine`, `projector` and `redrive`.
   * @throws LogUnavailable when the brokers do not answer within 2 s
   */
  lag(): Promise<Lag[]> {
    return this.offsets.lag();
  }

  /** How many processes take part in a group now; one that died does for 10 s. @throws LogUnavailable */
  members(group: string): Promise<number> {
    return this.offsets.members(group);
  }

  /** Takes about as long as a new group takes to begin: 3 s by the brokers' default. @throws LogUnavailable after 12 s */
  read(topic: Topic, partition: number, after: number, limit: number): Promise<LogRecord[]> {
    return this.reader.read(topic, partition, after, limit);
  }

  unavailable(): string | null {
    return this.options.presence.away();
  }

  async close(): Promise<void> {
    await Promise.all([...this.subscriptions].map((subscription) => subscription.stop()));
    await Promise.all([...this.writers.values()].map((writer) => writer.close()));
    await this.reader.close();
    await Promise.all([this.offsets.close(), this.options.presence.close()]);
  }

  private writer(topic: Topic): TopicWriter {
    const known = this.writers.get(topic);
    if (known) return known;
    const { settings, presence, onFault } = this.options;
    const client = () => this.client(WRITER);
    const writer = new TopicWriter({ topic: topicName(settings, topic), client, presence, onFault });
    this.writers.set(topic, writer);
    return writer;
  }

  private client(patience: Pick<ClientOptions, 'connectMs' | 'answerMs' | 'retries'>): KafkaClient {
    const { settings, onFault } = this.options;
    return kafkaClient({ settings, onFault, ...patience });
  }
}
