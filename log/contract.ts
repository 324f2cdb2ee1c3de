import type { Topic } from '../schemas/vocabulary';

/** One record of the log. Records of one key stand in one partition, in the order they were appended. */
export interface LogRecord {
  topic: Topic;
  partition: number;
  /** Grows within a partition; gaps are allowed. */
  position: number;
  /** The invocation ID, or, for a receipt not yet joined to one, whatever its producer chose. */
  key: string;
  /** JSON text; a foreign producer may have written anything. */
  value: string;
}

export interface NewRecord {
  key: string;
  value: string;
}

/**
 * Carries out the effect of a batch, which is of one partition and in order. The batch counts as consumed once the
 * promise resolves; when it rejects, the same batch comes again after a pause: a consumer never skips. Batches may
 * come again after a crash, so that a handler must bear redelivery.
 */
export type Handler = (records: readonly LogRecord[]) => Promise<void>;

export interface Subscription {
  /** Resolves once the batch in hand has been consumed and nothing more will be handed over. */
  stop(): Promise<void>;
}

export interface Lag {
  topic: Topic;
  group: string;
  partition: number;
  /** Records that stand in the log and have not been consumed. */
  records: number;
}

/** The append-only log. Adapters: SQLite (one machine), Kafka. */
export interface Log {
  /** Resolves once the records are durable; rejects, with none of them written, when the log is away. */
  append(topic: Topic, records: readonly NewRecord[]): Promise<void>;
  /** A new group begins with the oldest record. Within one process a group subscribes to a topic once. */
  subscribe(topic: Topic, group: string, handler: Handler): Promise<Subscription>;
  /** Records after a position of a partition, at most `limit` of them; for a reader that keeps its own position. */
  read(topic: Topic, partition: number, after: number, limit: number): Promise<LogRecord[]>;
  lag(): Promise<Lag[]>;
  close(): Promise<void>;
}
