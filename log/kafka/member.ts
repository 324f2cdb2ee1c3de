import type { Consumer, ConsumerFetchStartEvent, ConsumerGroupJoinEvent, EachBatchPayload } from 'kafkajs';
import type { LogRecord } from '../contract';
import { type KafkaClient, within } from './client';
import { FetchGate } from './fetch-gate';
import type { Fetched, PartitionWork } from './partition-work';
import type { Message } from './record';

const MS = {
  session: 10_000,
  heartbeat: 2_000,
  /** How long a rebalance waits for a member that does not join again. */
  rebalance: 15_000,
  /** Also how long it takes until a partition that has room again is fetched. */
  fetch: 250,
  /** Partitions that an operator adds are found within that time. */
  metadata: 60_000,
  commit: 200,
  lastCommit: 2_000,
  leave: 5_000,
  /** Longer than a rebalance and the request that it ends with: whoever is silent for longer is dead. */
  silence: 45_000,
} as const;
const FETCH_BYTES_MAX = 5 * 1024 * 1024;

export interface MemberDeps {
  /** As the cluster has them. */
  topic: string;
  group: string;
  client: KafkaClient;
  /** Makes the work of one partition for the assignment that begins. `unbroken`: it was ours until this moment. */
  work(partition: number, unbroken: boolean, onFull: (full: boolean) => void): PartitionWork;
  record(partition: number, message: Message): LogRecord;
  onJoined(): void;
}

/**
 * One membership in a consumer group, from its first join until it crashes or leaves. kafkajs waits for every batch of
 * a fetch before it fetches again; therefore a fetch is only put where each partition has its own queue.
 */
export class Member {
  private readonly consumer: Consumer;
  private works = new Map<number, PartitionWork>();
  private readonly full = new Set<number>();
  private readonly gate = new FetchGate(() => this.pauseOrResume([...this.works.keys()]));
  private readonly committed = new Map<PartitionWork, number>();
  /** Of the assignment that stands; unlike `consumer.commitOffsets` it does not try again in the name of the next. */
  private commitOffsets: EachBatchPayload['commitOffsetsIfNecessary'] | null = null;
  private committing: Promise<void> | null = null;
  private heardAt = Date.now();
  private memberId: string | null = null;
  private stopping = false;

  constructor(private readonly deps: MemberDeps) {
    this.consumer = deps.client.kafka.consumer({
      groupId: deps.group,
      sessionTimeout: MS.session,
      heartbeatInterval: MS.heartbeat,
      rebalanceTimeout: MS.rebalance,
      maxWaitTimeInMs: MS.fetch,
      maxBytes: FETCH_BYTES_MAX,
      metadataMaxAge: MS.metadata,
      allowAutoTopicCreation: false,
      // A crash ends this membership; the subscription begins another.
      retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 10, restartOnFailure: async () => false },
    });
  }

  /** Resolves with the cause when it has crashed, with null after `stop`. */
  async run(stopped: Promise<void>): Promise<unknown> {
    const { consumer, deps } = this;
    const { GROUP_JOIN, FETCH_START, HEARTBEAT, REBALANCING, CRASH } = consumer.events;
    const crashed = new Promise<unknown>((resolve) => {
      consumer.on(CRASH, ({ payload }) => resolve(payload.error));
    });
    consumer.on(GROUP_JOIN, (event) => this.begin(event));
    consumer.on(FETCH_START, (event: ConsumerFetchStartEvent) => this.fetching(event));
    consumer.on(HEARTBEAT, () => this.hear());
    consumer.on(REBALANCING, () => void this.commit());
    const running = consumer
      .connect()
      .then(() => consumer.subscribe({ topic: deps.topic, fromBeginning: true }))
      .then(() =>
        consumer.run({ autoCommit: false, eachBatchAutoResolve: false, eachBatch: async (batch) => this.take(batch) }),
      );
    const failed = running.then(() => new Promise<never>(() => {}));
    const commits = setInterval(() => void this.commit(), MS.commit);
    const silent = this.silence();
    const cause = await Promise.race([
      crashed,
      failed.catch((error) => error),
      silent.promise,
      stopped.then(() => null),
    ]);
    clearInterval(commits);
    silent.clear();
    await this.leave();
    return cause;
  }

  private async leave(): Promise<void> {
    this.stopping = true;
    this.pauseOrResume([...this.works.keys()]);
    // Heartbeats go on meanwhile: what is in hand is still ours.
    await Promise.all([...this.works.values()].map((work) => work.end()));
    await within(
      MS.lastCommit,
      Promise.resolve(this.committing).then(() => this.commit()),
    );
    await within(MS.leave, this.consumer.disconnect());
    this.deps.client.cut();
  }

  /** Every partition begins again at its committed offset, also one that was ours before. */
  private begin({ payload }: ConsumerGroupJoinEvent): void {
    this.hear();
    const before = this.works;
    // A member that was put out meanwhile is given another ID, and others may have had its partitions.
    const unbroken = payload.memberId === this.memberId;
    this.memberId = payload.memberId;
    this.works = new Map();
    this.committed.clear();
    this.full.clear();
    for (const work of before.values()) void work.end();
    if (this.stopping) return;
    const partitions = payload.memberAssignment[this.deps.topic] ?? [];
    for (const partition of partitions) {
      const onFull = (full: boolean) => {
        if (full) this.full.add(partition);
        else this.full.delete(partition);
        this.pauseOrResume([partition]);
      };
      this.works.set(partition, this.deps.work(partition, unbroken && before.has(partition), onFull));
    }
    this.gate.close();
    this.pauseOrResume(partitions);
    this.deps.onJoined();
  }

  private take({ batch, resolveOffset, commitOffsetsIfNecessary }: EachBatchPayload): void {
    const { partition } = batch;
    const work = this.works.get(partition);
    // What is not taken is not resolved: it is fetched again, by us or by whose it is now.
    if (!work || !this.gate.isOpen() || this.stopping) return;
    this.commitOffsets = commitOffsetsIfNecessary;
    const fetched = batch.messages.map((message): Fetched => {
      const bytes = (message.key?.length ?? 0) + (message.value?.length ?? 0);
      return { record: this.deps.record(partition, message), bytes };
    });
    resolveOffset(batch.lastOffset());
    work.take(fetched, Number(batch.lastOffset()));
  }

  /** One after the other. A commit that fails is made up for by the next. */
  private commit(): Promise<void> {
    this.committing ??= this.commitNow().finally(() => {
      this.committing = null;
    });
    return this.committing;
  }

  private async commitNow(): Promise<void> {
    if (!this.commitOffsets) return;
    const moved: { work: PartitionWork; partition: number; next: number }[] = [];
    for (const [partition, work] of this.works) {
      const next = work.next();
      if (next !== null && next > (this.committed.get(work) ?? 0)) moved.push({ work, partition, next });
    }
    if (moved.length === 0) return;
    const partitions = moved.map(({ partition, next }) => ({ partition, offset: String(next) }));
    try {
      await this.commitOffsets({ topics: [{ topic: this.deps.topic, partitions }] });
      for (const { work, next } of moved) this.committed.set(work, next);
    } catch {
      // Where it goes on failing the heartbeats do too, and the membership ends.
    }
  }

  private fetching({ payload }: ConsumerFetchStartEvent): void {
    this.hear();
    this.gate.fetching(payload.nodeId);
  }

  private pauseOrResume(partitions: readonly number[]): void {
    const isPaused = (partition: number) => this.stopping || !this.gate.isOpen() || this.full.has(partition);
    const { topic } = this.deps;
    try {
      this.consumer.pause([{ topic, partitions: partitions.filter(isPaused) }]);
      this.consumer.resume([{ topic, partitions: partitions.filter((partition) => !isPaused(partition)) }]);
    } catch {
      // It has crashed, and fetches nothing any more.
    }
  }

  private hear(): void {
    this.heardAt = Date.now();
  }

  /** Resolves when nothing was heard of kafkajs for too long. */
  private silence(): { promise: Promise<Error>; clear(): void } {
    let timer: NodeJS.Timeout;
    const promise = new Promise<Error>((resolve) => {
      timer = setInterval(() => {
        if (Date.now() - this.heardAt > MS.silence) resolve(new Error('the consumer fell silent'));
      }, 1_000).unref();
    });
    return { promise, clear: () => clearInterval(timer) };
  }
}
