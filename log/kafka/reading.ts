import type { Consumer, EachBatchPayload } from 'kafkajs';
import { type KafkaClient, within } from './client';
import type { Message } from './record';

const MS = {
  /** A broker waits 3 s by default before it lets the first member of a new group begin. */
  read: 12_000,
  session: 10_000,
  heartbeat: 2_000,
  fetch: 250,
  leave: 2_000,
} as const;
const FETCH_BYTES_MAX = 5 * 1024 * 1024;

/** What is asked of one partition. */
export interface Span {
  /** The first offset that is wanted. */
  from: number;
  /** The offset after the last one. */
  end: number;
  /** So many are enough. */
  limit: number;
}

export interface ReadingDeps {
  /** As the cluster has them; the group is nobody else's. */
  names: { topic: string; group: string };
  spans: ReadonlyMap<number, Span>;
  client: KafkaClient;
  /** Given up with it. */
  closing: Promise<void>;
}

/**
 * Reads some partitions from and to where it is told. kafkajs reads as a member of a group alone: this one has a group
 * of its own, in which nothing is committed and which is gone afterwards.
 * @returns by partition, in order
 * @throws when it has not come to the end within 12 s
 */
export async function readSpans(deps: ReadingDeps): Promise<Map<number, Message[]>> {
  const { client, names, closing } = deps;
  const consumer = client.kafka.consumer({
    groupId: names.group,
    sessionTimeout: MS.session,
    heartbeatInterval: MS.heartbeat,
    maxWaitTimeInMs: MS.fetch,
    maxBytes: FETCH_BYTES_MAX,
    allowAutoTopicCreation: false,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 5, restartOnFailure: async () => false },
  });
  const reading = new Reading(consumer, deps);
  let failure: unknown = new Error('it was not read to its end in time');
  const run = reading.run().catch((error) => {
    failure = error;
  });
  try {
    await within(MS.read, Promise.race([run, closing]));
    if (reading.isWhole()) return reading.found;
    throw failure;
  } finally {
    await within(MS.leave, consumer.disconnect());
    await forget(client, names.group);
    client.cut();
  }
}

/** Where that is not allowed to us, the broker forgets a group without members and offsets by itself. */
async function forget(client: KafkaClient, group: string): Promise<void> {
  const admin = client.kafka.admin({ retry: { retries: 1 } });
  const forgetting = admin
    .connect()
    .then(() => admin.deleteGroups([group]))
    .then(() => admin.disconnect());
  await within(MS.leave, forgetting);
}

class Reading {
  readonly found = new Map<number, Message[]>();
  /** The next offset of each partition that has not been read to its end. */
  private readonly next: Map<number, number>;

  constructor(
    private readonly consumer: Consumer,
    private readonly deps: ReadingDeps,
  ) {
    this.next = new Map([...deps.spans].map(([partition, { from }]) => [partition, from]));
  }

  isWhole(): boolean {
    return this.next.size === 0;
  }

  /** Resolves at the end. */
  async run(): Promise<void> {
    const { consumer } = this;
    const { CRASH, GROUP_JOIN, END_BATCH_PROCESS } = consumer.events;
    const ended = new Promise<void>((resolve, reject) => {
      consumer.on(CRASH, ({ payload }) => reject(payload.error));
      consumer.on(GROUP_JOIN, ({ payload }) => this.begin(payload.memberAssignment[this.deps.names.topic] ?? []));
      // Also told of a batch of which nothing is a record of anybody's, and so is no other way.
      consumer.on(END_BATCH_PROCESS, ({ payload }) => {
        this.reached(payload.partition, Number(payload.lastOffset) + 1);
        if (this.isWhole()) resolve();
      });
    });
    const started = consumer
      .connect()
      .then(() => consumer.subscribe({ topic: this.deps.names.topic, fromBeginning: true }))
      .then(() => consumer.run({ autoCommit: false, eachBatch: async ({ batch }) => this.take(batch) }));
    await Promise.race([ended, started.then(() => ended)]);
  }

  /** Before the first fetch, and anew where the group had to be joined again. */
  private begin(assigned: readonly number[]): void {
    const { topic } = this.deps.names;
    this.consumer.pause([{ topic, partitions: assigned.filter((partition) => !this.next.has(partition)) }]);
    for (const [partition, offset] of this.next) this.consumer.seek({ topic, partition, offset: String(offset) });
  }

  private take({ partition, messages }: EachBatchPayload['batch']): void {
    const next = this.next.get(partition);
    const span = this.deps.spans.get(partition);
    if (next === undefined || !span) return;
    const found = this.found.get(partition) ?? [];
    for (const message of messages) {
      const offset = Number(message.offset);
      if (offset >= next && offset < span.end && found.length < span.limit) found.push(message);
    }
    this.found.set(partition, found);
  }

  private reached(partition: number, next: number): void {
    const span = this.deps.spans.get(partition);
    if (!span || !this.next.has(partition)) return;
    if (next < span.end && (this.found.get(partition)?.length ?? 0) < span.limit) {
      this.next.set(partition, next);
      return;
    }
    this.next.delete(partition);
    this.consumer.pause([{ topic: this.deps.names.topic, partitions: [partition] }]);
  }
}
