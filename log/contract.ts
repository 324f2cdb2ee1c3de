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
 * Carries out the effect of a batch, which is of one partition and in order. `done` may be told how far the effects
 * reach without a gap, while the batch is in hand; with the promise's resolving all of it counts as consumed. When it
 * rejects, what is not done comes again after a pause: a consumer never skips. Records may come again after a crash or
 * when consumers join and leave, so that a handler must bear redelivery.
 */
export type Handler = (records: readonly LogRecord[], done: (position: number) => void) => Promise<void>;

export interface Subscription {
  /** Resolves once the batch in hand has been consumed and nothing more will be handed over. */
  stop(): Promise<void>;
}

export interface Lag {
  topic: Topic;
  group: string;
  partition: number;
  /** Position up to which all has been consumed, or is gone; lower than every position where nothing has. */
  consumed: number;
  /** Records that stand in the log and have not been consumed. */
  records: number;
}

/** The append-only log. Adapters: SQLite (one machine), Kafka. */
export interface Log {
  /**
   * Resolves once the records are durable, and with them all that was written here before: also where there are none.
   * When it rejects, a log on this machine has none of them; one elsewhere may
   * have them unheard, so that whoever writes again must be read by somebody who bears duplicates.
   * @throws LogUnavailable when the log is away; RecordTooLarge for a record that it will never take
   */
  append(topic: Topic, records: readonly NewRecord[]): Promise<void>;
  /**
   * A new group begins with the oldest record. A group consumes one topic, within one process once; where several
   * processes do, a log that can shares its partitions among them. Resolves once it is known which are ours.
   */
  subscribe(topic: Topic, group: string, handler: Handler): Promise<Subscription>;
  /** Position of the newest record by partition; those that never had one are left out. */
  ends(topic: Topic): Promise<ReadonlyMap<number, number>>;
  /** Of every group that has ever consumed here, over all its processes. */
  lag(): Promise<Lag[]>;
  /**
   * The records of a partition after a position, the oldest first, as far as it reached when asked; no group gets on by
   * it. May take seconds where the log is elsewhere: what is asked of several partitions in one go is read in one go.
   * @throws LogUnavailable when the log is away
   */
  read(topic: Topic, partition: number, after: number, limit: number): Promise<LogRecord[]>;
  /** Null when it takes records, else a sentence that says why not. */
  unavailable(): string | null;
  close(): Promise<void>;
}

/** The log is away; nothing is wrong with the record. */
export class LogUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'LogUnavailable';
  }
}

/** No log takes a record of more than `RECORD_BYTES_MAX`. */
export class RecordTooLarge extends Error {
  constructor(readonly bytes: number) {
    super(`a record of ${bytes} bytes is more than the ${RECORD_BYTES_MAX} that a log takes`);
    this.name = 'RecordTooLarge';
  }
}

/** Of one record, key and value together; a Kafka message of ours is at most 1 MB, with room for its frame. */
export const RECORD_BYTES_MAX = 1_000_000;
