import { p50p99, perSecond, times, whole } from '../amounts';
import { produceAndConsume, type RawKafka, type RawRate, rawKafka } from '../cluster/raw-kafka';
import { type Arrival, type ReceiptTrial, receiptFor } from '../cluster/receipt-trial';
import { receiptsToEmbedded } from '../cluster/receipts-embedded';
import { type Decided, receiptsToTemporal, signalsByHand } from '../cluster/receipts-temporal';
import { type BenchKafka, withServers } from '../cluster/servers';
import { cpuText } from '../cpu-text';
import { median } from '../load/percentile';
import type { Bench, Line, Row } from '../row';
import { startTemporalFor } from '../temporal/with-server';

const TITLE = 'Receipts by way of Kafka: from the request to the engine';
const COUNT = { quick: 3_000, full: 20_000 } as const;
/** As many as begin in half a minute. */
const ON_TEMPORAL = { quick: 100, full: 1_000 } as const;

const ONE_EACH = { receipts: 1, inFlight: 100, byReference: false } as const;
const ARRIVALS: readonly Arrival[] = [
  { what: 'POST /v1/receipts, one each, 100 in flight', ...ONE_EACH },
  { what: 'POST /v1/receipts, arrays of 100, 4 in flight', receipts: 100, inFlight: 4, byReference: false },
  { what: 'webhook with ?ref=, 100 in flight', receipts: 1, inFlight: 100, byReference: true },
];

/** What kafkajs does at its best. */
const BATCHES = { perSend: 1_000, inFlight: 4 } as const;
const BATCHED = 50_000;

interface Measured {
  /** kafkajs in large batches. */
  batched: RawRate[];
  arrivals: { arrival: Arrival; trials: ReceiptTrial[]; raw: RawRate[] }[];
  temporal: { ours: ReceiptTrial & Decided; byHand: Awaited<ReturnType<typeof signalsByHand>> } | null;
}

export async function clusterReceipts(bench: Bench): Promise<Row> {
  return withServers(bench, { row: 'cluster-receipts', title: TITLE }, ['kafka'], async ({ kafka }) => {
    const raw = await rawKafka(kafka);
    try {
      const measured = {
        ...(await onEmbedded(bench, kafka, raw)),
        temporal: await onTemporal(bench, kafka, raw),
      };
      return { lines: linesOf(measured), notes: notesOf(measured) };
    } finally {
      await raw.close();
    }
  });
}

/** In every round the raw client first, and then Onward. */
async function onEmbedded(
  bench: Bench,
  kafka: BenchKafka,
  raw: RawKafka,
): Promise<Pick<Measured, 'arrivals' | 'batched'>> {
  const count = bench.options.quick ? COUNT.quick : COUNT.full;
  const { rounds } = bench.options.durations;
  const batched: RawRate[] = [];
  const arrivals = ARRIVALS.map((arrival) => ({ arrival, trials: [] as ReceiptTrial[], raw: [] as RawRate[] }));
  const many = Array.from({ length: Math.max(BATCHED, count) }, (_, n) => recordOf(n));
  const records = many.slice(0, count);
  for (let round = 1; round <= rounds; round++) {
    bench.say(`cluster-receipts, round ${round} of ${rounds}: kafkajs alone`);
    for (const { arrival, raw: rates } of arrivals) {
      const { receipts: perSend, inFlight } = arrival;
      rates.push(await produceAndConsume(raw, records, { perSend, inFlight }));
    }
    batched.push(await produceAndConsume(raw, many, BATCHES));
    bench.say(`cluster-receipts, round ${round} of ${rounds}: Onward, embedded engine`);
    const trials = await receiptsToEmbedded({ kafka, raw }, bench, ARRIVALS, count);
    for (const [n, trial] of trials.entries()) arrivals[n]?.trials.push(trial);
  }
  return { arrivals, batched };
}

/** Of the size of ours. */
function recordOf(n: number): { key: string; value: string } {
  const key = `inv_${String(n).padStart(26, '0')}`;
  return { key, value: JSON.stringify(receiptFor(key)) };
}

/** Null where there is no Temporal. */
async function onTemporal(bench: Bench, kafka: BenchKafka, raw: RawKafka): Promise<Measured['temporal']> {
  const temporal = await startTemporalFor(bench);
  if (temporal === null) return null;
  const count = bench.options.quick ? ON_TEMPORAL.quick : ON_TEMPORAL.full;
  try {
    bench.say('cluster-receipts: Onward on Temporal');
    const arrival = { what: 'POST /v1/receipts', ...ONE_EACH };
    const ours = await receiptsToTemporal({ kafka, raw, temporal }, bench, arrival, count);
    bench.say('cluster-receipts: signals by hand');
    // All of them have to be open before the first has waited for 30 s.
    const byHand = await signalsByHand(temporal, { count: count / 2, inFlight: arrival.inFlight });
    return { ours, byHand };
  } finally {
    await temporal.stop();
  }
}

function linesOf({ arrivals, batched, temporal }: Measured): Line[] {
  const middle = (rates: readonly { perSecond: number }[]) => median(rates.map((one) => one.perSecond));
  const lines = arrivals.flatMap(({ arrival, trials, raw }): Line[] => {
    const [rate, rawRate] = [middle(trials), middle(raw)];
    const sends = `${arrival.receipts} a send, ${arrival.inFlight} in flight`;
    const figures = { perSecond: rate, ratio: rate / rawRate, trials };
    return [
      { what: arrival.what, value: shown(rate, trials), result: times(rate / rawRate), figures },
      { what: `  kafkajs alone, ${sends}`, value: perSecond(rawRate), figures: { perSecond: rawRate, trials: raw } },
    ];
  });
  const best = middle(batched);
  const bestFigures = { perSecond: best, trials: batched };
  lines.push({ what: '  kafkajs alone, 1,000 a send, 4 in flight', value: perSecond(best), figures: bestFigures });
  if (temporal === null) return lines;
  const { ours, byHand } = temporal;
  const decided = (of: Decided) => `decided ${perSecond(of.decidedPerSecond)}`;
  return [
    ...lines,
    {
      what: 'on Temporal: one each, 100 in flight',
      value: `${shown(ours.perSecond, [ours])}, ${decided(ours)}`,
      result: times(ours.perSecond / byHand.perSecond),
      figures: { ...ours, ratio: ours.perSecond / byHand.perSecond },
    },
    {
      what: '  signals by hand, 100 in flight',
      value: `${perSecond(byHand.perSecond)}, ${decided(byHand)}`,
      figures: { ...byHand },
    },
  ];
}

function shown(rate: number, [first]: readonly ReceiptTrial[]): string {
  return first ? `${perSecond(rate)}  202 ${p50p99(first.ackMs)}` : perSecond(rate);
}

function notesOf({ arrivals, temporal }: Measured): string[] {
  const [first] = arrivals;
  const key = recordOf(0);
  const bytes = key.key.length + key.value.length;
  const count = whole(first?.trials[0]?.receipts ?? 0);
  return [
    `A delivered receipt for each of ${count} open runs; from the first request until the embedded engine had decided for the last of them, in its journal on the disk. HTTP -> Kafka -> consumer -> engine in one process; meanwhile its events go to Kafka too.`,
    `kafkajs alone: messages of that size (${bytes} bytes) produced and consumed in one process, on the same broker, 12 partitions, in turns with Onward. It sends each call by itself; Onward’s log sends together what came while a request was under way.`,
    ...arrivals.map(({ arrival, trials }) => `Processor time a receipt, ${arrival.what}: ${cpuText(trials)}.`),
    temporal === null
      ? 'SKIPPED, on Temporal: there is none, and none could be installed (see above).'
      : `On Temporal: until the consumer had committed the last, each one’s signal acknowledged by the server; decided: until each run’s end was in the log. By hand: the same signals by Temporal’s client alone, to a workflow that records nothing; decided: its result. ${cpuText([temporal.ours])} a receipt.`,
  ];
}
