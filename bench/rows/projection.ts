import { perSecond, whole } from '../amounts';
import { foldOnSqlite } from '../projection/on-sqlite';
import type { Bench, Row } from '../row';

const GOAL = 10_000;
const RUNS = { quick: 5_000, full: 30_000 } as const;

export async function projection(bench: Bench): Promise<Row> {
  const runs = bench.options.quick ? RUNS.quick : RUNS.full;
  const say = (progress: string) => bench.say(`projection: ${progress}`);
  const { events, seconds } = await foldOnSqlite(bench.options.dataParent, runs, say);
  const rate = events / seconds;
  const line = {
    what: 'Onward',
    value: `${perSecond(rate)}  ${whole(events)} events of ${whole(runs)} runs in ${seconds.toFixed(1)} s`,
    result: perSecond(rate),
    goal: `>= ${perSecond(GOAL)}`,
    met: rate >= GOAL,
    figures: { eventsPerSecond: rate, events, runs, seconds },
  };
  return {
    row: 'projection',
    title: 'Projection on SQLite: events folded into the read model',
    lines: [line],
    notes: [
      'As the server’s projection thread does it, with nothing else under way: log read, each invocation’s sealed record opened, states folded, views written. The log is the embedded engine’s own.',
    ],
  };
}
