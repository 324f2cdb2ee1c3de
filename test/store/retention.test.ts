import type { Retained } from '../../store/contract';
import { startRetention } from '../../store/retention';

const DAY_MS = 86_400_000;
const NOW = 1_800_000_000_000;

/** The days that each thing was swept at in the first round. */
async function sweptAt(days: Partial<Record<Retained, number>>): Promise<Partial<Record<Retained, number>>> {
  const swept: Partial<Record<Retained, number>> = {};
  const retention = {
    async sweep(what: Retained, before: number) {
      swept[what] = (NOW - before) / DAY_MS;
      return 0;
    },
  };
  const running = startRetention({ retention, days, clock: () => NOW, onFault: (_, error) => fail(error) });
  await new Promise((resolve) => setImmediate(resolve));
  await running?.stop();
  return swept;
}

it('sweeps what is named, and keeps what is not', async () => {
  expect(await sweptAt({ rollups: 400, callbacks: 30 })).toEqual({ rollups: 400, callbacks: 30 });
  expect(startRetention({ retention: { sweep: fail }, days: {}, clock: () => NOW, onFault: fail })).toBeNull();
});

it('keeps no callback for longer than the records of runs', async () => {
  expect(await sweptAt({ records: 30 })).toEqual({ records: 30, callbacks: 30 });
  expect(await sweptAt({ records: 30, callbacks: 90 })).toEqual({ records: 30, callbacks: 30 });
  expect(await sweptAt({ records: 30, callbacks: 7 })).toEqual({ records: 30, callbacks: 7 });
});

function fail(error?: unknown): never {
  throw error instanceof Error ? error : new Error('this was not to be called');
}
