import { setTimeout as pause } from 'node:timers/promises';
import type { Producer } from 'kafkajs';
import { connectKafka } from '../../log/kafka/connect';
import { readKafkaSettings } from '../../log/kafka/settings';
import { topicName } from '../../log/kafka/topics';
import { p50p99, times } from '../amounts';
import { installationOn } from '../cluster/installation';
import { rawKafka } from '../cluster/raw-kafka';
import { receiptFor } from '../cluster/receipt-trial';
import { withServers } from '../cluster/servers';
import { type Spread, spreadOf } from '../load/percentile';
import type { Bench, Line, Row } from '../row';

const TITLE = 'Kafka: one append with nothing else under way';
const APPENDS = { quick: 100, full: 1_000 } as const;
const WARM_UP = 30;
/** So that each finds everybody at rest. */
const APART_MS = 10;

type Append = (key: string) => Promise<void>;

export async function clusterAppend(bench: Bench): Promise<Row> {
  return withServers(bench, { row: 'cluster-append', title: TITLE }, ['kafka'], async ({ kafka }) => {
    const { env } = installationOn({ kafka });
    const settings = readKafkaSettings(env);
    const log = await connectKafka({ settings, onFault: (message, error) => bench.say(`${message}: ${error}`) });
    const raw = await rawKafka(kafka);
    const topic = topicName(settings, 'onward.receipts');
    const [idempotent, plain] = [await raw.producer({ idempotent: true }), await raw.producer()];
    const sendBy = (producer: Producer): Append => {
      return async (key) => void (await producer.send({ topic, messages: [{ key, value: receiptOf(key) }] }));
    };
    const ways = {
      onward: (key: string) => log.append('onward.receipts', [{ key, value: receiptOf(key) }]),
      idempotent: sendBy(idempotent),
      raw: sendBy(plain),
    };
    bench.say('cluster-append: appending');
    const spreads = await inTurns(ways, bench.options.quick ? APPENDS.quick : APPENDS.full).finally(async () => {
      for (const producer of [idempotent, plain]) await producer.disconnect();
      await raw.close();
      await log.close();
    });
    return { lines: linesOf(spreads), notes: NOTES };
  });
}

/** One after the other, so that what the machine does meanwhile meets them all. */
async function inTurns<Name extends string>(
  ways: Record<Name, Append>,
  appends: number,
): Promise<Record<Name, Spread>> {
  const names = Object.keys(ways) as Name[];
  const took = new Map(names.map((name) => [name, [] as number[]]));
  for (let n = -WARM_UP; n < appends; n++) {
    for (const name of names) {
      await pause(APART_MS);
      const startedAt = performance.now();
      await ways[name](`inv_${String(n + WARM_UP).padStart(26, '0')}`);
      if (n >= 0) took.get(name)?.push(performance.now() - startedAt);
    }
  }
  return Object.fromEntries(names.map((name) => [name, spreadOf(took.get(name) ?? [])])) as Record<Name, Spread>;
}

function receiptOf(invocationId: string): string {
  return JSON.stringify(receiptFor(invocationId));
}

function linesOf({ onward, idempotent, raw }: Record<'onward' | 'idempotent' | 'raw', Spread>): Line[] {
  const line = (what: string, latencyMs: Spread): Line => ({ what, value: p50p99(latencyMs), figures: { latencyMs } });
  const ratio = onward.p50 / raw.p50;
  return [
    line('Onward’s log (idempotent)', onward),
    line('kafkajs, idempotent', idempotent),
    {
      ...line('kafkajs as it comes', raw),
      result: times(ratio),
      figures: { latencyMs: raw, ratio },
    },
  ];
}

const NOTES = [
  `Of a receipt, to a topic of 12 partitions, acknowledged by all replicas in sync (of one broker, from its page cache), in turns and ${APART_MS} ms apart; ratio: of the medians.`,
];
