import { randomUUID } from 'node:crypto';
import { p50p99, perSecond, times } from '../amounts';
import { preciseClock } from '../load/clock';
import { closedLoop } from '../load/closed-loop';
import { httpPool } from '../load/http-pool';
import { median, type Spread, spreadOf } from '../load/percentile';
import { INVOCATION } from '../onward/flows';
import type { Bench, Line, Row } from '../row';
import { startChild } from '../servers/child';

const IN_FLIGHT = 50;
const GOAL = 0.5;
const SERVERS = ['express', 'invoke-route'] as const;

interface Trial {
  perSecond: number;
  latencyMs: Spread;
}

export async function invokeRoute(bench: Bench): Promise<Row> {
  const trials: Record<(typeof SERVERS)[number], Trial[]> = { express: [], 'invoke-route': [] };
  for (let round = 0; round < bench.options.durations.rounds; round++) {
    for (const which of SERVERS) {
      bench.say(`invoke route: ${which}`);
      trials[which].push(await trial(which, bench));
    }
  }
  const rate = (of: Trial[]) => median(of.map((one) => one.perSecond));
  const ratio = rate(trials['invoke-route']) / rate(trials.express);
  return {
    row: 'invoke',
    title: `The invoke route without the engine, ${IN_FLIGHT} in flight`,
    lines: [
      line('Onward: key, Idempotency-Key, validation, 202', trials['invoke-route']),
      {
        ...line('Express 5: JSON parsed, 202', trials.express),
        result: times(ratio),
        goal: `>= ${GOAL} x`,
        met: ratio >= GOAL,
      },
    ],
    notes: ['The engine and the store behind Onward’s route answer at once and keep nothing.'],
  };
}

async function trial(which: (typeof SERVERS)[number], bench: Bench): Promise<Trial> {
  const { warmupMs, shortMs } = bench.options.durations;
  const server = await startChild(which);
  const pool = httpPool(server.port);
  const invoke = pool.poster('/v1/workflows/wf_bench/invocations', { authorization: 'Bearer test_0123456789abcdef' });
  const now = preciseClock();
  const seen: { at: number; tookMs: number }[] = [];
  const once = async () => {
    const startedAt = now();
    const answer = await invoke(INVOCATION, `idempotency-key: ${randomUUID()}\r\n`);
    if (answer.status !== 202) throw new Error(`${which} answered ${answer.status}: ${answer.body.slice(0, 300)}`);
    seen.push({ at: now(), tookMs: now() - startedAt });
  };
  try {
    const { from, to } = await closedLoop(once, now, {
      inFlight: IN_FLIGHT,
      warmupMs: warmupMs / 2,
      measureMs: shortMs,
    });
    const counted = seen.filter(({ at }) => at >= from && at < to);
    const latencyMs = spreadOf(counted.map(({ tookMs }) => tookMs));
    return { perSecond: (counted.length * 1000) / (to - from), latencyMs };
  } finally {
    pool.close();
    await server.stop();
  }
}

function line(what: string, trials: Trial[]): Line {
  const rate = median(trials.map((trial) => trial.perSecond));
  const spread = trials[0] ? p50p99(trials[0].latencyMs) : '';
  return { what, value: `${perSecond(rate)}  ${spread}`, figures: { perSecond: rate, trials } };
}
