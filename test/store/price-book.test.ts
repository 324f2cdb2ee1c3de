import type { PriceBook } from '../../core/prices';
import type { PriceRow } from '../../schemas/price';
import type { PriceTable } from '../../store/contract';
import { createPrices } from '../../store/price-book';

const priced = (costMicros: number, revision: number): PriceTable => {
  const row: PriceRow = {
    provider: 'twilio',
    account: null,
    channel: 'sms',
    country: '*',
    currency: 'EUR',
    costMicros,
  };
  return { rows: [row], revision };
};
const micros = (book: PriceBook) =>
  book.costOf({ provider: 'twilio', account: null, channel: 'sms', country: 'IT', currency: 'EUR' });

/** A table that another process may change, with what was asked of it. */
function openTable() {
  const table = { now: priced(1, 1), reads: 0, looks: 0, away: false, clock: 0, faults: [] as string[] };
  const answer = <T>(value: T) => (table.away ? Promise.reject(new Error('away')) : Promise.resolve(value));
  const store = {
    revision() {
      table.looks += 1;
      return answer(table.now.revision);
    },
    all() {
      table.reads += 1;
      return answer(table.now);
    },
  };
  const onFault = (message: string) => void table.faults.push(message);
  return { table, prices: createPrices(store, { onFault, now: () => table.clock }) };
}

test('the table is held: within a second nothing is asked, after it only whether it has changed', async () => {
  const { table, prices } = openTable();
  const all = await Promise.all([prices.current(), prices.current()]);
  expect(all.map(micros)).toEqual([1, 1]);
  table.clock = 999;
  expect(prices.current()).not.toBeInstanceOf(Promise);
  table.clock = 1_001;
  await prices.current();
  expect([table.looks, table.reads]).toEqual([2, 1]);
});

test('what another process changed is seen after a second, what was changed here at once', async () => {
  const { table, prices } = openTable();
  await prices.current();
  table.now = priced(2, 2);
  table.clock = 500;
  expect(micros(await prices.current())).toBe(1);
  table.clock = 1_001;
  expect(micros(await prices.current())).toBe(2);
  table.now = priced(3, 3);
  prices.changed();
  expect(micros(await prices.current())).toBe(3);
});

test('a change of ours in the middle of a look is not missed', async () => {
  const { table, prices } = openTable();
  const begun = prices.current();
  table.now = priced(2, 2);
  prices.changed();
  expect(micros(await prices.current())).toBe(2);
  expect(micros(await begun)).toBe(2);
});

test('while the store is away the table is as it was known, and the fault is told once a second', async () => {
  const { table, prices } = openTable();
  await prices.current();
  table.away = true;
  table.clock = 2_000;
  expect(micros(await prices.current())).toBe(1);
  expect(micros(await prices.current())).toBe(1);
  expect(table.faults).toHaveLength(1);
});
