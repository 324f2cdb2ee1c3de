import { randomUUID } from 'node:crypto';
import type { Topic } from '../../schemas/vocabulary';
import { type LogRecord, LogUnavailable } from '../contract';
import { kafkaClient } from './client';
import type { KafkaOffsets } from './offsets';
import { readSpans, type Span } from './reading';
import { type Message, recordOf } from './record';
import type { KafkaSettings } from './settings';
import { groupName, topicName } from './topics';

const PATIENCE = { connectMs: 1_500, answerMs: 4_000, retries: 3 } as const;

interface Asked {
  partition: number;
  after: number;
  limit: number;
  resolve(records: LogRecord[]): void;
  reject(error: Error): void;
}

export interface ReaderDeps {
  settings: KafkaSettings;
  offsets: KafkaOffsets;
}

/** Reads what stands in a topic, while no group of ours gets on by it. */
export class KafkaReader {
  /** What was asked in one go is read in one go: to begin a group takes seconds. */
  private readonly asked = new Map<Topic, Asked[]>();
  private readonly under = new Set<Promise<void>>();
  private tellClosing: () => void = () => {};
  private readonly closing: Promise<void>;

  constructor(private readonly deps: ReaderDeps) {
    this.closing = new Promise((resolve) => {
      this.tellClosing = resolve;
    });
  }

  /** @throws LogUnavailable */
  read(topic: Topic, partition: number, after: number, limit: number): Promise<LogRecord[]> {
    return new Promise((resolve, reject) => {
      const asked = this.asked.get(topic) ?? [];
      asked.push({ partition, after, limit, resolve, reject });
      if (asked.length > 1) return;
      this.asked.set(topic, asked);
      const reading = Promise.resolve().then(() => this.readAsked(topic));
      this.under.add(reading);
      void reading.finally(() => this.under.delete(reading));
    });
  }

  async close(): Promise<void> {
    this.tellClosing();
    await Promise.all(this.under);
  }

  private async readAsked(topic: Topic): Promise<void> {
    const asked = this.asked.get(topic) ?? [];
    this.asked.delete(topic);
    await Promise.all(roundsOf(asked).map((round) => this.readRound(topic, round)));
  }

  private async readRound(topic: Topic, round: ReadonlyMap<number, Asked>): Promise<void> {
    try {
      const spans = spansOf(round, await this.deps.offsets.bounds(topic));
      const found = spans.size === 0 ? new Map<number, Message[]>() : await this.readSpans(topic, spans);
      for (const [partition, { resolve }] of round) {
        resolve((found.get(partition) ?? []).map((message) => recordOf(topic, partition, message)));
      }
    } catch (cause) {
      const sentence = `Kafka hands over nothing of ${topicName(this.deps.settings, topic)}`;
      const error = cause instanceof LogUnavailable ? cause : new LogUnavailable(sentence, { cause });
      for (const { reject } of round.values()) reject(error);
    }
  }

  private readSpans(topic: Topic, spans: ReadonlyMap<number, Span>) {
    const { settings } = this.deps;
    // Whoever asked is told what goes wrong.
    const client = kafkaClient({ settings, onFault: () => {}, ...PATIENCE });
    const names = { topic: topicName(settings, topic), group: groupName(settings, `reader.${randomUUID()}`) };
    return readSpans({ names, spans, client, closing: this.closing });
  }
}

/** In each of them a partition is asked for once. */
function roundsOf(asked: readonly Asked[]): Map<number, Asked>[] {
  const rounds: Map<number, Asked>[] = [];
  for (const one of asked) {
    const round = rounds.find((known) => !known.has(one.partition));
    if (round) round.set(one.partition, one);
    else rounds.push(new Map([[one.partition, one]]));
  }
  return rounds;
}

/** Without the partitions in which nothing stands that is asked for. */
function spansOf(
  round: ReadonlyMap<number, Asked>,
  bounds: ReadonlyMap<number, { low: number; high: number }>,
): Map<number, Span> {
  const spans = new Map<number, Span>();
  for (const [partition, { after, limit }] of round) {
    const { low, high } = bounds.get(partition) ?? { low: 0, high: 0 };
    const from = Math.max(after + 1, low);
    if (from < high && limit > 0) spans.set(partition, { from, end: high, limit });
  }
  return spans;
}
