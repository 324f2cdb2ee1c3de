import { perSecond, whole } from '../amounts';
import { CALLBACKS_A_RUN, callbacksFromLog, type Made } from '../callbacks/from-log';
import type { Bench, Line, Row } from '../row';

const RUNS = { quick: 1_000, full: 5_000 } as const;
const PROFILES = [1, 8] as const;

export async function callbacks(bench: Bench): Promise<Row> {
  const runs = bench.options.quick ? RUNS.quick : RUNS.full;
  const lines: Line[] = [];
  for (const profiles of PROFILES) {
    const what = profiles === 1 ? 'to one endpoint' : `to ${profiles} endpoints`;
    bench.say(`callbacks: ${what}`);
    lines.push(line(what, await callbacksFromLog(bench.options.dataParent, runs, profiles)));
  }
  return {
    row: 'callbacks',
    title: 'Callbacks: events read, deliveries kept, signed POSTs made and their answers kept, on SQLite',
    lines,
    notes: [
      `As the server’s own thread does it, with nothing else under way: the log has ${whole(runs)} runs of ${CALLBACKS_A_RUN} callbacks each, all there at the start. Counted when the receiver, a plain node:http server in a process of its own, has the last one; each came once.`,
    ],
  };
}

function line(what: string, { callbacks, seconds, cpuSeconds }: Made): Line {
  const rate = callbacks / seconds;
  const cpuUs = (cpuSeconds * 1e6) / callbacks;
  return {
    what,
    value: `${perSecond(rate)}  ${whole(callbacks)} callbacks in ${seconds.toFixed(1)} s, ${whole(cpuUs)} us of processor each`,
    figures: { callbacksPerSecond: rate, callbacks, seconds, cpuUs },
  };
}
