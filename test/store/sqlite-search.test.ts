import { join } from 'node:path';
import fc from 'fast-check';
import type { Ladder } from '../../core/ladder';
import { INVOCATION_STATUSES } from '../../schemas/vocabulary';
import { GroupCommit } from '../../sqlite/group-commit';
import { openDatabase } from '../../sqlite/open';
import type { InvocationQuery, Store, ViewWriter } from '../../store/contract';
import { createSeal } from '../../store/seal';
import { openSqliteStore } from '../../store/sqlite/store';
import { createSqliteViews } from '../../store/sqlite/views';
import { everyPage } from '../conformance/store-under-test';
import { batchOf, bruteSearch, type Made, type MadeRun, madeRun } from '../support/made-runs';
import { publishSample } from '../support/projected-runs';
import { temporaryFolder } from '../support/temporary-folder';

const T0 = 1_700_000_000_000;
const RUNS = 400;
const folder = temporaryFolder();
const seal = createSeal('a secret');

let group: GroupCommit;
let store: Store;
let views: ViewWriter;
let runs: MadeRun[];

const pick = <T>(values: readonly T[], n: number): T => values[n % values.length] as T;

/** One of a kind each, by primes, so that every combination of two is there and few of all are. */
function made(n: number, ladders: readonly Ladder[]): Made {
  const status = pick(INVOCATION_STATUSES, n * 7);
  return {
    id: `inv_${String(n).padStart(4, '0')}`,
    ladder: pick(ladders, n),
    keyId: pick(['key_1', 'key_2', 'key_3'], n * 5),
    externalId: pick([null, 'order-1', 'order-2', `order-${n}`], n * 3),
    recipient: pick(['+393351234567', 'ann@example.com', `person-${n}`], n),
    createdAt: T0 + Math.floor(n / 3),
    status,
    reachedStep: pick([-1, 0, 1, 1, 0], n * 3),
    late: n % 11 === 0,
    duplicate: n % 13 === 0,
    reason: status === 'failed' ? pick(['timeout', 'unreachable', 'blocked'] as const, n) : null,
  };
}

beforeAll(async () => {
  group = new GroupCommit(openDatabase(join(folder, 'onward.db'), { durability: 'normal' }));
  const viewsFile = join(folder, 'views.db');
  store = openSqliteStore({ group, viewsFile, callbacksFile: join(folder, 'callbacks.db'), seal, catalog: {} });
  views = createSqliteViews(viewsFile);
  const ladders = [await publishSample(store, 'a', 'wf_a', T0), await publishSample(store, 'b', 'wf_b', T0)];
  // First each as something else: what they become is what they are found by.
  const first = Array.from({ length: RUNS }, (_, n) => madeRun(made(n, ladders), seal.hash));
  await views.write(batchOf(first, 1));
  runs = first.map((before, n) => {
    if (n % 4 !== 0) return before;
    const later = madeRun({ ...made(n, ladders), ...CHANGED }, seal.hash);
    return { ...later, run: { ...later.run, seq: 8 } };
  });
  await views.write({
    ...batchOf(
      runs.filter((_, n) => n % 4 === 0),
      2,
    ),
    created: [],
  });
});
const CHANGED = { status: 'succeeded', reachedStep: 1, late: true, duplicate: true, reason: null } as const;

afterAll(async () => {
  await views.close();
  await store.close();
  group.close();
});

const search = (query: InvocationQuery, limit: number) =>
  everyPage((page) => store.invocations.search(query, page), limit).then((found) =>
    found.map(({ record }) => record.id),
  );

const maybe = <T>(...values: T[]) => fc.option(fc.constantFrom(...values), { nil: undefined, freq: 3 });
const query: fc.Arbitrary<InvocationQuery> = fc.record({
  mode: fc.constant('test' as const),
  keyId: maybe('key_1', 'key_2', 'key_none'),
  workflowId: maybe('wf_a', 'wf_b', 'wf_none'),
  flowVersion: maybe(1, 2),
  status: maybe(...INVOCATION_STATUSES),
  recipient: maybe('+393351234567', 'ann@example.com', 'person-8', 'nobody'),
  externalId: maybe('order-1', 'order-2', 'order-41', 'none'),
  providerMessageId: maybe('msg_inv_0008', 'msg_inv_0033', 'none'),
  late: maybe(true, false),
  duplicate: maybe(true, false),
  lateOrDuplicate: maybe(true as const),
  reachedStep: maybe('whatsapp', 'sms', 'none'),
  reachedChannel: maybe('whatsapp' as const, 'sms' as const, 'email' as const),
  reason: maybe('timeout' as const, 'blocked' as const),
  createdFrom: maybe(T0 + 10, T0 + 100),
  createdTo: maybe(T0 + 12, T0 + 110),
});

test('whatever is asked for together is what looking at each run finds, on pages of any size', async () => {
  await fc.assert(
    fc.asyncProperty(query, fc.constantFrom(1, 3, 50, 200), async (asked, limit) => {
      expect(await search(asked, limit)).toEqual(bruteSearch(runs, asked));
    }),
    { numRuns: 400 },
  );
});

test('each filter by itself finds something, and so does none', async () => {
  const alone: Partial<InvocationQuery>[] = [
    {},
    { late: true },
    { late: false },
    { duplicate: true },
    { reachedStep: 'sms' },
    { reachedChannel: 'whatsapp' },
    { reason: 'blocked' },
    { externalId: 'order-1', recipient: 'ann@example.com' },
  ];
  for (const one of alone) {
    const asked = { mode: 'test' as const, ...one };
    const found = await search(asked, 200);
    expect(found).toEqual(bruteSearch(runs, asked));
    expect(found.length).toBeGreaterThan(0);
  }
});
