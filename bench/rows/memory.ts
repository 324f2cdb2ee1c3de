import { setTimeout as pause } from 'node:timers/promises';
import { megabytes, whole } from '../amounts';
import { loadOnward } from '../onward/load';
import { startOnward } from '../onward/start';
import type { Bench, Row } from '../row';
import { rssBytes } from '../rss';

const GOAL_BYTES = 200e6;
const SETTLE_MS = 3_000;

export async function memory(bench: Bench): Promise<Row> {
  const { durations } = bench.options;
  bench.say('memory: Onward');
  const server = await startOnward(bench.options);
  try {
    await pause(SETTLE_MS);
    const idle = rssBytes(server.pid);
    const load = { inFlight: 100, warmupMs: 0, measureMs: durations.shortMs, receiptAfterMs: 20, awaitEnd: false };
    const { runs } = await loadOnward(server, load);
    await pause(SETTLE_MS);
    const after = rssBytes(server.pid);
    return {
      row: 'memory',
      title: 'Memory of the one process with every role (resident set)',
      lines: [
        {
          what: 'idle, 3 s after the start',
          value: megabytes(idle),
          result: megabytes(idle),
          goal: `< ${megabytes(GOAL_BYTES)}`,
          met: idle < GOAL_BYTES,
          figures: { rssBytes: idle },
        },
        {
          what: `after ${whole(runs)} invocations, idle again`,
          value: megabytes(after),
          figures: { rssBytes: after, runs },
        },
      ],
      notes: ['Whether it stays flat: see the growth row.'],
    };
  } finally {
    await server.stop();
  }
}
