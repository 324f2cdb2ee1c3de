import { until } from '../load/until';
import { startOnward } from '../onward/start';
import type { Bench } from '../row';
import { lookIntoLog, toldOfAll } from '../temporal/log-file';
import { installationOn } from './installation';
import { recordsIn } from './offsets';
import type { RawKafka } from './raw-kafka';
import { type Arrival, bringReceipts, openRuns, type ReceiptTrial } from './receipt-trial';
import type { BenchKafka } from './servers';

const OPENED_AT_ONCE = 100;
const WITHIN_MS = 120_000;
/** A small part of the least that is measured. */
const LOOK_EVERY_MS = 5;

/**
 * One trial each on one server: receipts by way of Kafka to the embedded engine, whose journal, on the disk, has a record
 * more for each that it has taken.
 */
export async function receiptsToEmbedded(
  { kafka, raw }: { kafka: BenchKafka; raw: RawKafka },
  { options: { dataParent } }: Bench,
  arrivals: readonly Arrival[],
  count: number,
): Promise<ReceiptTrial[]> {
  const { env, prefix, secret } = installationOn({ kafka });
  const server = await startOnward({ dataParent, env });
  const log = lookIntoLog(server.dataFolder);
  const pids = { kafka: kafka.pid, onward: server.pid };
  const trials: ReceiptTrial[] = [];
  try {
    for (const arrival of arrivals) {
      const ids = await openRuns(server, count, OPENED_AT_ONCE);
      await toldOfAll(log, ids, 'AttemptAccepted', WITHIN_MS);
      const carriedOn = async () => (await recordsIn(raw, `${prefix}onward.events`)) >= log.newest();
      await until(carriedOn, { what: 'the events of the runs in Kafka', everyMs: 50, withinMs: WITHIN_MS });
      const before = log.newest();
      const has = () => log.newest() >= before + count;
      const taken = () =>
        until(has, { what: 'the receipts in the journal', everyMs: LOOK_EVERY_MS, withinMs: WITHIN_MS });
      trials.push(await bringReceipts({ client: server, secret, pids }, ids, arrival, taken));
      await toldOfAll(log, ids, 'InvocationSucceeded', WITHIN_MS);
    }
    return trials;
  } finally {
    log.close();
    await server.stop();
  }
}
