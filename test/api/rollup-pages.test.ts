import fc from 'fast-check';
import { rollupPages } from '../../api/rollup-pages';
import type { Flow, FlowStore, Rollup, RollupIndex, RollupQuery } from '../../store/contract';

const HOUR_MS = 3_600_000;
const T0 = Date.parse('2026-11-01T00:00:00Z');

/** As a store has them, and what it was asked for. */
function indexOf(hours: readonly number[]): RollupIndex & { asked: [number, number][] } {
  const asked: [number, number][] = [];
  const matching = ({ from = 0, to = Number.POSITIVE_INFINITY }: RollupQuery): Rollup[] =>
    hours
      .filter((hour) => hour >= from && hour < to)
      .sort((a, b) => a - b)
      .map((hour) => ({
        key: { mode: 'live', flowId: 'flw_1', flowVersion: 1, step: '', channel: '', country: '', hour },
        counts: { accepted: 1 },
      }));
  return {
    asked,
    async find(query) {
      asked.push([query.from ?? 0, query.to ?? Number.POSITIVE_INFINITY]);
      return matching(query);
    },
    async span(query) {
      const found = matching(query).map(({ key }) => key.hour);
      const [first] = found;
      const last = found[found.length - 1];
      return first === undefined || last === undefined ? null : { first, last };
    },
    sums: () => Promise.reject(new Error('an export adds nothing up')),
  };
}

const flows = { get: async () => ({ workflowId: 'wf_1' }) as Flow } as unknown as FlowStore;

async function rowsOf(rollups: RollupIndex, query: Partial<RollupQuery>): Promise<string[]> {
  const found: string[] = [];
  for await (const rows of await rollupPages({ rollups, flows }, { mode: 'live', ...query })) {
    for (const { hour } of rows) found.push(String(hour));
  }
  return found;
}

test('every rollup of the query is given once, the newest first, whatever gaps there are and however hours are cut', async () => {
  // In quarters of an hour over two months.
  const quarter = fc.integer({ min: 0, max: 60 * 24 * 4 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(quarter, { maxLength: 60 }),
      fc.option(quarter, { nil: undefined }),
      fc.option(quarter, { nil: undefined }),
      async (quarters, from, to) => {
        const at = (n: number) => T0 + (n * HOUR_MS) / 4;
        const rollups = indexOf(quarters.map(at));
        const query = {
          ...(from !== undefined && { from: at(from) }),
          ...(to !== undefined && { to: at(to) }),
        };
        const expected = quarters
          .filter((n) => n >= (from ?? 0) && n < (to ?? Number.POSITIVE_INFINITY))
          .sort((a, b) => b - a)
          .map((n) => new Date(at(n)).toISOString());
        expect(await rowsOf(rollups, query)).toEqual(expected);
        for (const [begin, end] of rollups.asked) expect(end - begin).toBeLessThanOrEqual(24 * HOUR_MS);
      },
    ),
  );
});

test('where there is much in an hour, it is read an hour at a time', async () => {
  const hours = Array.from({ length: 48 }, (_, n) => Array.from({ length: 600 }, () => T0 + n * HOUR_MS)).flat();
  const rollups = indexOf(hours);
  expect(await rowsOf(rollups, {})).toHaveLength(48 * 600);
  expect(Math.max(...rollups.asked.map(([from, to]) => to - from))).toBe(HOUR_MS);
});
