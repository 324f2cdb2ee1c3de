import { setTimeout as pause } from 'node:timers/promises';
import type { Topic } from '../../schemas/vocabulary';
import type { Handler, Subscription } from '../contract';
import type { KafkaClient, OnFault } from './client';
import { Member, type MemberDeps } from './member';
import { PartitionWork } from './partition-work';
import { recordOf } from './record';

const AGAIN_MS = { first: 500, longest: 5_000 } as const;
/** A membership that has held for so long was a good one. */
const GOOD_MS = 60_000;
/** Of what waits for the handlers, over all partitions; a fetch comes on top. */
const WAITING_BYTES_MAX = 16 * 1024 * 1024;
/** A small share still lets a partition go on while one batch is in hand. */
const PARTITION_BYTES_MIN = 256 * 1024;

export interface SubscriptionDeps {
  topic: Topic;
  /** As the cluster has them. */
  names: { topic: string; group: string };
  /** Of the topic, when it began; only for the share of memory that each gets. */
  partitions: number;
  handler: Handler;
  client(): KafkaClient;
  /** Something went wrong that may be due to the brokers. */
  suspect(): void;
  onFault: OnFault;
}

/** A consumer for good: whatever ends a membership in the group, another begins, until it is stopped. */
export class KafkaSubscription implements Subscription {
  /** The latest of each partition: the next one waits for what it has in hand. */
  private readonly works = new Map<number, PartitionWork>();
  private readonly stopped: Promise<void>;
  private tellStop: () => void = () => {};
  private tellJoined: () => void = () => {};
  private isStopped = false;
  private readonly running: Promise<void>;
  /** Resolves with the first join, or when it is stopped before. */
  readonly joined: Promise<void>;

  constructor(private readonly deps: SubscriptionDeps) {
    this.stopped = new Promise((resolve) => {
      this.tellStop = resolve;
    });
    this.joined = new Promise((resolve) => {
      this.tellJoined = resolve;
    });
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.isStopped = true;
    this.tellStop();
    await this.running;
    this.tellJoined();
  }

  private async run(): Promise<void> {
    let againMs: number = AGAIN_MS.first;
    while (!this.isStopped) {
      const begunAt = Date.now();
      const cause = await new Member(this.memberDeps()).run(this.stopped);
      if (this.isStopped) return;
      this.deps.onFault(`the consumer of ${this.deps.names.topic} in ${this.deps.names.group} begins anew`, cause);
      this.deps.suspect();
      if (Date.now() - begunAt > GOOD_MS) againMs = AGAIN_MS.first;
      await Promise.race([pause(againMs, undefined, { ref: false }), this.stopped]);
      againMs = Math.min(againMs * 2, AGAIN_MS.longest);
    }
  }

  private memberDeps(): MemberDeps {
    const { topic, names, client, handler } = this.deps;
    const fault = (error: unknown) =>
      this.deps.onFault(`a batch of ${names.topic} could not be consumed by ${names.group}`, error);
    const bytesMax = Math.max(WAITING_BYTES_MAX / Math.max(this.deps.partitions, 1), PARTITION_BYTES_MIN);
    return {
      ...names,
      client: client(),
      onJoined: () => this.tellJoined(),
      record: (partition, message) => recordOf(topic, partition, message),
      work: (partition, unbroken, onFull) => {
        const before = this.works.get(partition) ?? null;
        const work = new PartitionWork({ handler, bytesMax, before, unbroken, onFull, onFault: fault });
        this.works.set(partition, work);
        return work;
      },
    };
  }
}
