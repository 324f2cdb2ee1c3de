import { setTimeout as pause } from 'node:timers/promises';
import { megabytes, p50p99, perSecond, times, whole } from '../amounts';
import { preciseClock } from '../load/clock';
import { median } from '../load/percentile';
import { type LoadResult, loadOnward } from '../onward/load';
import { invokeOnly } from '../onward/runs';
import { type OnwardServer, startOnward } from '../onward/start';
import { endsOf } from '../onward/sweep';
import type { Bench, Line, Row } from '../row';
import { rssBytes } from '../rss';

const SMALL = 1_000;
const IN_FLIGHT = 100;
const ALLOWED = 0.2;
const SETTLE_MS = 2_000;
/** On fewer, caches are still filling: whether it is flat cannot be said. */
const FLAT_FROM = 200_000;

interface Mark {
  runs: number;
  rssBytes: number;
}

export async function growth(bench: Bench): Promise<Row> {
  const { grow, durations } = bench.options;
  const large = await startOnward(bench.options);
  try {
    const marks = await fill(
      large,
      [SMALL, grow / 2, grow].filter((runs) => runs >= SMALL),
      bench,
    );
    const trials: { small: LoadResult[]; large: LoadResult[] } = { small: [], large: [] };
    for (let round = 1; round <= durations.rounds; round++) {
      trials.small.push(await onAFewRuns(bench));
      bench.say(`growth, round ${round} of ${durations.rounds}: on ${whole(grow)} invocations`);
      trials.large.push(await trial(large, bench));
    }
    return {
      row: 'growth',
      title: `Cost of growth: ${whole(SMALL)} against ${whole(grow)} invocations on file, ${IN_FLIGHT} in flight`,
      lines: [...linesOf(trials.small, trials.large, grow), memoryLine(marks)],
      notes: [
        `As in the throughput row; each trial adds its own runs to what is on file, its warm-up’s too. What fills the folder are invocations that succeed when they are accepted.`,
        ...(grow < 1_000_000 ? [`The goal speaks of 1,000,000: npm run bench -- --only growth --grow 1000000.`] : []),
      ],
    };
  } finally {
    await large.stop();
  }
}

async function onAFewRuns(bench: Bench): Promise<LoadResult> {
  const server = await startOnward(bench.options);
  try {
    await fill(server, [SMALL], bench);
    bench.say(`growth: on ${whole(SMALL)} invocations`);
    return await trial(server, bench);
  } finally {
    await server.stop();
  }
}

function trial(server: OnwardServer, bench: Bench): Promise<LoadResult> {
  const { warmupMs, shortMs } = bench.options.durations;
  return loadOnward(server, { inFlight: IN_FLIGHT, warmupMs, measureMs: shortMs, receiptAfterMs: 20, awaitEnd: false });
}

/** Runs invocations until each count is reached, and notes the memory at each once the read model has followed. */
async function fill(server: OnwardServer, counts: readonly number[], bench: Bench): Promise<Mark[]> {
  const now = preciseClock();
  const marks: Mark[] = [];
  let begun = 0;
  for (const count of counts) {
    bench.say(`growth: filling to ${whole(count)} invocations`);
    let last = { id: '', startedAt: 0 };
    const worker = async () => {
      while (begun < count) {
        begun++;
        last = await invokeOnly(server, 'wf_bench_fill', now);
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    await endsOf(server, new Set([last.id]), last.startedAt);
    await pause(SETTLE_MS);
    marks.push({ runs: count, rssBytes: rssBytes(server.pid) });
  }
  return marks;
}

function linesOf(small: LoadResult[], large: LoadResult[], grow: number): Line[] {
  const rate = (of: LoadResult[]) => median(of.map((one) => one.perSecond));
  const p99 = (of: LoadResult[]) => median(of.map((one) => one.invokeMs.p99));
  const line = (runs: number, of: LoadResult[]): Line => ({
    what: `on ${whole(runs)}`,
    value: `${perSecond(rate(of))}  ${of[0] ? `invoke ${p50p99(of[0].invokeMs)}` : ''}`,
    figures: { invocationsOnFile: runs, perSecond: rate(of), invokeP99Ms: p99(of), trials: of },
  });
  const [rates, waits] = [rate(large) / rate(small), p99(large) / p99(small)];
  const goal = `within ${ALLOWED * 100} %`;
  return [
    line(SMALL, small),
    line(grow, large),
    { what: 'throughput', value: '', result: times(rates), goal, met: rates >= 1 - ALLOWED, figures: { ratio: rates } },
    { what: 'invoke p99', value: '', result: times(waits), goal, met: waits <= 1 + ALLOWED, figures: { ratio: waits } },
  ];
}

/** Against the half and not against the start: by then everything that is held should have reached its bound. */
function memoryLine(marks: readonly Mark[]): Line {
  const [before, last] = marks.slice(-2);
  const ratio = (last?.rssBytes ?? Number.NaN) / (before?.rssBytes ?? Number.NaN);
  const line: Line = {
    what: 'memory',
    value: marks.map(({ runs, rssBytes }) => `${whole(runs)}: ${megabytes(rssBytes)}`).join(', '),
    result: times(ratio),
    figures: { marks, ratio },
  };
  if ((last?.runs ?? 0) < FLAT_FROM) return line;
  return { ...line, goal: `flat, within ${ALLOWED * 100} %`, met: ratio <= 1 + ALLOWED };
}
