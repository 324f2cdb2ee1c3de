import { ms, whole } from '../amounts';
import type { Bench, Line, Row } from '../row';
import { type Searched, searchOnSqlite } from '../search/on-sqlite';

const GOAL_MS = 100;
const AMOUNTS = { quick: { runs: 50_000, times: 50 }, full: { runs: 1_000_000, times: 300 } } as const;

/** Every filter and combinations of them, over a million runs. */
export async function search(bench: Bench): Promise<Row> {
  const amounts = bench.options.quick ? AMOUNTS.quick : AMOUNTS.full;
  const say = (progress: string) => bench.say(`search: ${progress}`);
  const { searches, writeSeconds } = await searchOnSqlite(bench.options.dataParent, amounts, say);
  return {
    row: 'search',
    title: `Search on SQLite over ${whole(amounts.runs)} runs: pages of 50`,
    lines: searches.map(lineOf),
    notes: [
      `Each ${whole(amounts.times)} times, for another recipient, message, flow or day each time where it names one; in the server’s own process, the records that hold metadata opened, HTTP left out.`,
      `The runs were put on file by the projection’s writer in ${writeSeconds.toFixed(0)} s, their sealed records included: ${whole(amounts.runs / writeSeconds)} runs/s.`,
    ],
  };
}

function lineOf({ what, found, ms: spread, cpuMs }: Searched): Line {
  return {
    what,
    value: `p50 ${ms(spread.p50)}, p99 ${ms(spread.p99)}, cpu ${ms(cpuMs)}  ${found} on the page`,
    result: ms(spread.p99),
    goal: `< ${ms(GOAL_MS)}`,
    met: spread.p99 < GOAL_MS,
    figures: { p50Ms: spread.p50, p99Ms: spread.p99, cpuMs, found },
  };
}
