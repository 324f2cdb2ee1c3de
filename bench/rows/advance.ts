import { ms, p50p99, perSecond, whole } from '../amounts';
import { preciseClock } from '../load/clock';
import { openLoop } from '../load/closed-loop';
import { spreadOf } from '../load/percentile';
import { invokeAndReceive, type SeenRun } from '../onward/runs';
import { type OnwardServer, startOnward } from '../onward/start';
import type { Bench, Row } from '../row';

const PER_SECOND = 200;
const GOAL_MS = 20;

interface Messages {
  items: { step: string; receivedAt: string }[];
}

export async function advance(bench: Bench): Promise<Row> {
  const { warmupMs, measureMs } = bench.options.durations;
  bench.say('advance: Onward');
  const server = await startOnward(bench.options);
  try {
    await load(server, warmupMs);
    const seen = await load(server, measureMs);
    const spread = spreadOf(await delaysOf(server, seen));
    return {
      row: 'advance',
      title: `Embedded engine: a failure receipt’s 202 -> the next step’s send begun, at ${perSecond(PER_SECOND)}`,
      lines: [
        {
          what: 'Onward',
          value: `${p50p99(spread)}, max ${ms(spread.max)}`,
          result: `p99 ${ms(spread.p99)}`,
          goal: `< ${GOAL_MS} ms`,
          met: spread.p99 < GOAL_MS,
          figures: { delayMs: spread, perSecond: PER_SECOND },
        },
      ],
      notes: [
        `From the receipt’s 202 as the load generator read it to the moment that the sandbox provider was handed the second step’s message, by its own record (whole ms, same clock); ${whole(spread.count)} runs. Negative where the send had begun before the 202 was read.`,
      ],
    };
  } finally {
    await server.stop();
  }
}

async function load(server: OnwardServer, durationMs: number): Promise<SeenRun[]> {
  const now = preciseClock();
  const seen: SeenRun[] = [];
  const options = { receiptAfterMs: 20, status: 'undelivered', awaitEnd: false } as const;
  await openLoop(
    async () => {
      seen.push(await invokeAndReceive(server, 'wf_bench_two', now, options));
    },
    PER_SECOND,
    durationMs,
  );
  return seen;
}

async function delaysOf(server: OnwardServer, seen: readonly SeenRun[]): Promise<number[]> {
  const delays: number[] = [];
  for (const { id, doneAt } of seen) {
    const { items } = await server.get<Messages>(`/sandbox/messages?invocationId=${id}`);
    const second = items.find(({ step }) => step === 'second');
    if (!second) throw new Error(`invocation ${id} never sent its second step`);
    delays.push(Date.parse(second.receivedAt) - doneAt);
  }
  return delays;
}
