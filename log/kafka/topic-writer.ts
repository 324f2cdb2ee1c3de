import { Partitioners, type Producer } from 'kafkajs';
import { LogUnavailable, type NewRecord, RecordTooLarge } from '../contract';
import { type KafkaClient, type OnFault, within } from './client';
import type { KafkaPresence } from './presence';
import { typesOf } from './topics';

/** Of one request: what one partition gets of it is one batch of records, and a broker takes at most 1 MB of that. */
const REQUEST_BYTES_MAX = 900_000;
/** What a record may take up besides its key and value. */
const FRAME_BYTES = 40;
/** Of what waits in memory; past it whoever appends is told so. */
const WAITING_BYTES_MAX = 64 * 1024 * 1024;
const TOO_LARGE: ReadonlySet<string> = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);
const MS = { answer: 4_500, broker: 4_000, close: 2_000, metadata: 60_000 } as const;

interface Waiting extends NewRecord {
  bytes: number;
  append: { left: number; resolve(): void; reject(error: Error): void };
}

export interface TopicWriterDeps {
  /** As the cluster has it. */
  topic: string;
  client(): KafkaClient;
  presence: KafkaPresence;
  onFault: OnFault;
}

/**
 * Writes one topic. With nothing under way a record is sent at once; while a request is under way what comes gathers,
 * and goes with the next. There is one request at a time, so that the records of a key keep their order.
 */
export class TopicWriter {
  private waiting: Waiting[] = [];
  private waitingBytes = 0;
  private draining: Promise<void> | null = null;
  private sender: Promise<Producer> | null = null;
  /** What the sender speaks through, also while it connects. */
  private client: KafkaClient | null = null;
  /** So many of those that wait go in requests of their own. */
  private oneByOne = 0;

  constructor(private readonly deps: TopicWriterDeps) {}

  /** Resolves once all replicas in sync have the records. @throws LogUnavailable */
  append(records: readonly NewRecord[]): Promise<void> {
    const away = this.deps.presence.away();
    if (away !== null) return Promise.reject(new LogUnavailable(away));
    if (this.waitingBytes >= WAITING_BYTES_MAX) {
      const sentence = `${this.waitingBytes} bytes wait to be written to ${this.deps.topic} already`;
      return Promise.reject(new LogUnavailable(sentence));
    }
    return new Promise((resolve, reject) => {
      const append = { left: records.length, resolve, reject };
      for (const { key, value } of records) {
        const bytes = bytesOf({ key, value }) + FRAME_BYTES;
        this.waiting.push({ key, value, bytes, append });
        this.waitingBytes += bytes;
      }
      // From the next microtask, so that what is appended in one go is sent in one go.
      this.draining ??= Promise.resolve().then(() => this.drain());
    });
  }

  /** Resolves once nothing is under way any more. */
  async close(): Promise<void> {
    await this.draining;
    const producer = await this.sender?.catch(() => null);
    if (producer) await within(MS.close, producer.disconnect());
    this.giveUpSender();
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      const batch = this.take();
      try {
        await this.write(batch);
        for (const { append } of batch) if (--append.left === 0) append.resolve();
      } catch (error) {
        this.fail(batch, error);
      }
    }
    this.draining = null;
  }

  private take(): Waiting[] {
    let count = 0;
    let bytes = 0;
    const most = this.oneByOne > 0 ? 1 : this.waiting.length;
    for (const record of this.waiting) {
      if (count > 0 && (count === most || bytes + record.bytes > REQUEST_BYTES_MAX)) break;
      count++;
      bytes += record.bytes;
    }
    if (this.oneByOne > 0) this.oneByOne--;
    this.waitingBytes -= bytes;
    const batch = this.waiting.slice(0, count);
    this.waiting = this.waiting.slice(count);
    return batch;
  }

  private async write(batch: readonly Waiting[]): Promise<void> {
    const messages = batch.map(({ key, value }) => ({ key, value }));
    let failure: { error: unknown } | null = null;
    const sending = this.open()
      .then((producer) => producer.send({ topic: this.deps.topic, messages, acks: -1, timeout: MS.broker }))
      .catch((error) => {
        failure = { error };
      });
    const answered = await within(MS.answer, sending);
    if (answered && failure === null) return;
    this.giveUpSender();
    throw answered ? (failure as { error: unknown } | null)?.error : new Error('no answer in time');
  }

  /**
   * What could not be written is rejected with all that waits behind it: written now, it would stand before what its
   * writer tries again.
   */
  private fail(batch: readonly Waiting[], error: unknown): void {
    const types = typesOf(error);
    if (types.some((type) => TOO_LARGE.has(type))) return this.tooLarge(batch, error);
    this.deps.onFault(`${batch.length} records could not be written to ${this.deps.topic}`, error);
    const sentence = types[0] ? `Kafka takes no records of ${this.deps.topic} (${types[0]})` : undefined;
    const unavailable = new LogUnavailable(this.deps.presence.lost(sentence), { cause: error });
    const lost = [...batch, ...this.waiting];
    this.waiting = [];
    this.waitingBytes = 0;
    this.oneByOne = 0;
    for (const { append } of lost) append.reject(unavailable);
  }

  /** The topic takes less than it does when we make it: record by record, only those are rejected that are too much. */
  private tooLarge(batch: readonly Waiting[], cause: unknown): void {
    const [record] = batch;
    if (record && batch.length === 1) {
      const error = new RecordTooLarge(bytesOf(record));
      error.message = `${this.deps.topic} takes no record of ${error.bytes} bytes: raise its max.message.bytes`;
      return record.append.reject(Object.assign(error, { cause }));
    }
    this.oneByOne += batch.length;
    this.waiting = [...batch, ...this.waiting];
    for (const { bytes } of batch) this.waitingBytes += bytes;
  }

  private open(): Promise<Producer> {
    this.sender ??= this.connect();
    return this.sender;
  }

  private async connect(): Promise<Producer> {
    const client = this.deps.client();
    const producer = client.kafka.producer({
      idempotent: true,
      allowAutoTopicCreation: false,
      metadataMaxAge: MS.metadata,
      // Murmur2, as Java's clients have it: a key that others write too stays in one partition.
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    this.client = client;
    await producer.connect();
    return producer;
  }

  /**
   * After a failure nobody knows which sequence numbers the broker has seen, and kafkajs may still be trying: the next
   * request is made by a producer of a new identity.
   */
  private giveUpSender(): void {
    this.sender = null;
    this.client?.cut();
    this.client = null;
  }
}

/** Of a record without its frame. */
export function bytesOf({ key, value }: NewRecord): number {
  return Buffer.byteLength(key) + Buffer.byteLength(value);
}
