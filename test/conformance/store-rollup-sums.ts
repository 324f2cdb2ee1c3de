import { slotOf } from '../../core/slots';
import type { Contribution, RollupSum, RollupSumQuery, Store } from '../../store/contract';
import { sumRollups } from '../../store/rollup-sums';
import { random } from '../support/random';
import { type OpenStore, storeForEachTest } from './store-under-test';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FROM = Date.parse('2026-03-27T00:00:00Z');
const DAYS = 5;
const NAMES = ['accepted', 'costMicros', 'reason.timeout', 'latency.0', 'latency.374', 'latency.375'];

/** Of two flows, two versions, two steps and the invocation, three countries, spread over five days. */
function contributions(): Contribution[] {
  const next = random(7);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(next() * list.length)] as T;
  return Array.from({ length: 400 }, (_, position) => {
    const [step, channel] = pick([
      ['', ''],
      ['sms', 'sms'],
      ['mail', 'email'],
    ] as const);
    return {
      position,
      key: {
        ...{ mode: 'live', flowId: pick(['flw_a', 'flw_b']), flowVersion: pick([1, 2]), step, channel },
        ...{ country: pick(['', 'IT', 'NP']), hour: slotOf(FROM + Math.floor(next() * DAYS * DAY_MS)) },
      },
      counts: { [pick(NAMES)]: 1 + Math.floor(next() * 5), accepted: 1, [pick(NAMES)]: -1 },
    };
  });
}

export function describeRollupSums(open: OpenStore): void {
  describe('sums of rollups', () => {
    const held = storeForEachTest(open);
    let given: Contribution[];

    async function write(list: readonly Contribution[], position: number): Promise<void> {
      const rest = { partition: 0, created: [], runs: [], messages: [] };
      await held.now.views.write({ ...rest, position, contributions: list });
    }
    beforeEach(async () => {
      given = contributions();
      for (let at = 0; at < given.length; at += 100) await write(given.slice(at, at + 100), at + 99);
    });

    const expected = (query: Partial<RollupSumQuery> & Pick<RollupSumQuery, 'bounds'>) => {
      const { flowId, flowVersion, bounds, byCountry = false } = query;
      const meant = given
        .filter(({ key }) => flowId === undefined || key.flowId === flowId)
        .filter(({ key }) => flowVersion === undefined || key.flowVersion === flowVersion)
        .map(({ key, counts }) => ({ key, counts: { ...counts } }));
      return inOrder(sumRollups(meant, { bounds, byCountry, latencies: query.latencies ?? true }));
    };
    const found = async (query: Partial<RollupSumQuery> & Pick<RollupSumQuery, 'bounds'>) =>
      inOrder(await sumsOf(held.now.store, { mode: 'live', byCountry: false, latencies: true, ...query }));

    const every = (stepMs: number, from: number, to: number) =>
      Array.from({ length: Math.ceil((to - from) / stepMs) + 1 }, (_, n) => from + n * stepMs);
    const KATHMANDU = every(DAY_MS, FROM - 5.75 * HOUR_MS, FROM + (DAYS + 1) * DAY_MS);

    test.each([
      ['the whole time', [FROM, FROM + DAYS * DAY_MS]],
      ['a part of it that begins and ends off every day', [FROM + 7 * HOUR_MS, FROM + 3 * DAY_MS + 21 * HOUR_MS]],
      ['less than a day', [FROM + 5 * HOUR_MS, FROM + 23 * HOUR_MS]],
      ['days in Nepal', KATHMANDU],
      ['hours', every(HOUR_MS, FROM + DAY_MS, FROM + 2 * DAY_MS)],
      [
        'slots about the midnights of Nepal and India',
        [FROM + 18 * HOUR_MS, slotOf(FROM + 1095 * MINUTE_MS), slotOf(FROM + 1110 * MINUTE_MS), FROM + 19 * HOUR_MS],
      ],
      ['days of 23 and of 25 hours', [FROM, FROM + 23 * HOUR_MS, FROM + 48 * HOUR_MS, FROM + 71 * HOUR_MS]],
      ['periods of no length, and nothing at all', [FROM, FROM, FROM + DAY_MS, FROM + DAY_MS]],
    ])('are what is found, added up: %s', async (_, bounds) => {
      for (const byCountry of [false, true]) {
        expect(await found({ bounds, byCountry })).toEqual(expected({ bounds, byCountry }));
        expect(await found({ bounds, byCountry, flowId: 'flw_b' })).toEqual(
          expected({ bounds, byCountry, flowId: 'flw_b' }),
        );
        const version = { bounds, byCountry, flowId: 'flw_a', flowVersion: 2 };
        expect(await found(version)).toEqual(expected(version));
      }
    });

    test('end with what whoever takes them ends with', async () => {
      const query = { mode: 'live', bounds: KATHMANDU, byCountry: false, latencies: false } as const;
      const take = () => Promise.reject(new RangeError('enough'));
      await expect(held.now.store.rollups.sums(query, take)).rejects.toThrow(RangeError);
    });

    test('come without latencies where those are not wanted', async () => {
      const query = { bounds: KATHMANDU, latencies: false };
      expect(await found(query)).toEqual(expected(query));
    });

    test('nothing is found of another mode, of no flow, in no time', async () => {
      const bounds = [FROM, FROM + DAYS * DAY_MS];
      expect(await found({ bounds, mode: 'test' })).toEqual([]);
      expect(await found({ bounds, flowId: 'flw_none' })).toEqual([]);
      expect(await found({ bounds: [] })).toEqual([]);
      expect(await found({ bounds: [FROM] })).toEqual([]);
    });

    test('what is taken back is gone from every sum', async () => {
      const taken = given.map(({ key, counts }, n) => {
        const negative = Object.entries(counts).map(([name, count]) => [name, -count]);
        return { key, position: given.length + n, counts: Object.fromEntries(negative) as Record<string, number> };
      });
      await write(taken, 2 * given.length);
      expect(await found({ bounds: [FROM, FROM + DAYS * DAY_MS], byCountry: true })).toEqual([]);
      expect(await found({ bounds: KATHMANDU })).toEqual([]);
    });

    test('what retention sweeps is gone from every sum, also of a day that is swept in part', async () => {
      const before = FROM + 2 * DAY_MS + 7 * HOUR_MS;
      while ((await held.now.store.retention.sweep('rollups', before, 70)) === 70);
      given = given.filter(({ key }) => key.hour >= before);
      for (const byCountry of [false, true]) {
        const whole = { bounds: [FROM, FROM + DAYS * DAY_MS], byCountry };
        expect(await found(whole)).toEqual(expected(whole));
        expect(await found({ bounds: KATHMANDU, byCountry })).toEqual(expected({ bounds: KATHMANDU, byCountry }));
      }
    });
  });
}

/** All of the portions. */
export async function sumsOf({ rollups }: Pick<Store, 'rollups'>, query: RollupSumQuery): Promise<RollupSum[]> {
  const all: RollupSum[] = [];
  await rollups.sums(query, async (sums) => void all.push(...sums));
  return all;
}

function inOrder(sums: readonly RollupSum[]): unknown[] {
  const rows = sums.map(({ latencies, ...rest }) => ({ ...rest, latencies: pairs(latencies) }));
  const place = ({ period, flowId, flowVersion, step, country }: Omit<RollupSum, 'latencies'>) =>
    JSON.stringify([period, flowId, flowVersion, step, country]);
  return rows.sort((a, b) => (place(a) < place(b) ? -1 : 1));
}

function pairs(latencies: readonly number[]): number[][] {
  const found: number[][] = [];
  for (let at = 0; at < latencies.length; at += 2) found.push(latencies.slice(at, at + 2));
  return found.sort(([a = 0], [b = 0]) => a - b);
}
