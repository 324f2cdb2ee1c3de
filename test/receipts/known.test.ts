import { createKnown } from '../../receipts/known';

test('what happened is known once every partition is folded to where its log was then', async () => {
  const ends = new Map([
    [0, 10],
    [1, 5],
  ]);
  const folded = new Map<number, number>([[0, 10]]);
  let now = 1_000;
  const known = createKnown({
    ends: async () => new Map(ends),
    foldedTo: async (partition) => folded.get(partition) ?? null,
    clock: () => now,
  });
  expect(await known.until()).toBe(0);
  now = 2_000;
  ends.set(0, 50);
  folded.set(1, 5);
  // The records that came since do not count: they came after the look.
  expect(await known.until()).toBe(1_000);
  expect(await known.until()).toBe(1_000);
  folded.set(0, 50);
  now = 3_000;
  expect(await known.until()).toBe(2_000);
  expect(await known.until()).toBe(3_000);
});
