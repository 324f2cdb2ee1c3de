import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import type { NewDelivery } from '../../store/contract';
import { createSeal } from '../../store/seal';
import { openSqliteDeliveries, type SqliteDeliveries } from '../../store/sqlite/deliveries';
import { answered, delivery } from '../conformance/store-deliveries';
import { temporaryFolder } from '../support/temporary-folder';

const T0 = 1_800_000_000_000;
const LEASE_MS = 60_000;
const root = temporaryFolder();
const opened: SqliteDeliveries[] = [];
let file = '';
beforeEach(() => {
  file = join(mkdtempSync(join(root, 'callbacks-')), 'callbacks.db');
});
afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

function open(): SqliteDeliveries {
  const deliveries = openSqliteDeliveries(file, createSeal('a secret'));
  opened.push(deliveries);
  return deliveries;
}

test('several connections to the file share what is due', async () => {
  const [first, second] = [open(), open()];
  await first.add(Array.from({ length: 20 }, (_, n) => delivery(`inv_${n}`, 1)));
  const taken = await Promise.all(
    [first, second, first, second].map((one) => one.claim('cbp_a', T0 + 1, T0 + LEASE_MS, 5)),
  );
  expect(new Set(taken.flat().map(({ id }) => id)).size).toBe(20);
  await Promise.all(
    taken.flat().map(({ id }, n) => [first, second][n % 2]?.settle(id, answered(), { status: 'delivered' }, T0 + 2)),
  );
  expect(await first.backlog()).toEqual({ pending: 0, oldestDueAt: null });
});

test('deliveries and the position of what they were read from are kept together, or not at all', async () => {
  const deliveries = open();
  const broken = { ...delivery('inv_2', 1), createdAt: null as unknown as number } satisfies NewDelivery;
  const adding = deliveries.add([delivery('inv_1', 1), broken], { partition: 0, position: 7 });
  await expect(adding).rejects.toThrow('NOT NULL');
  expect(await deliveries.readTo(0)).toBeNull();
  expect(await deliveries.ofInvocation('inv_1')).toEqual([]);
  expect(await deliveries.backlog()).toEqual({ pending: 0, oldestDueAt: null });
  await deliveries.add([delivery('inv_1', 1)], { partition: 0, position: 7 });
  expect(await deliveries.readTo(0)).toBe(7);
});

test('more failed ones than one transaction takes are all asked for again', async () => {
  const deliveries = open();
  const failed = Array.from({ length: 1_203 }, (_, n) => delivery(`inv_${n}`, n % 3, { held: true }));
  await deliveries.add(failed);
  expect(await deliveries.redeliverFailed('cbp_a', T0, T0 + 9)).toBe(1_203);
  expect(await deliveries.backlog()).toEqual({ pending: 1_203, oldestDueAt: T0 + 9 });
});
