import { createSideBySide } from '../../receipts/side-by-side';

const records = (keys: string) => [...keys].map((key, position) => ({ key, position }));

/** Handles that end when they are told to. */
function gates() {
  const begun: number[] = [];
  const open = new Map<number, { resolve(): void; reject(error: Error): void }>();
  return {
    begun,
    handle: ({ position }: { position: number }) =>
      new Promise<void>((resolve, reject) => {
        begun.push(position);
        open.set(position, { resolve, reject });
      }),
    async end(position: number, error?: Error) {
      const gate = open.get(position);
      if (!gate) throw new Error(`${position} was not begun`);
      if (error) gate.reject(error);
      else gate.resolve();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

test('the records of a key go one after the other, those of other keys beside them, in the turn they came', async () => {
  const { begun, handle, end } = gates();
  const done: number[] = [];
  const all = createSideBySide(10)(records('aabab'), (position) => done.push(position), handle);
  expect(begun).toEqual([0, 2]);
  await end(2);
  expect(begun).toEqual([0, 2, 4]);
  expect(done).toEqual([]);
  await end(0);
  expect(begun).toEqual([0, 2, 4, 1]);
  expect(done).toEqual([0]);
  await end(4);
  await end(1);
  expect(done).toEqual([0, 2]);
  await end(3);
  await all;
  expect(done).toEqual([0, 2, 4]);
});

test('not more than the bound are under way, whichever batches they are of', async () => {
  const { begun, handle, end } = gates();
  const sideBySide = createSideBySide(2);
  const one = sideBySide(records('abc'), () => {}, handle);
  const two = sideBySide(
    records('xy').map((record) => ({ ...record, position: record.position + 10 })),
    () => {},
    handle,
  );
  expect(begun).toEqual([0, 1]);
  await end(1);
  await end(0);
  expect(begun).toHaveLength(4);
  for (const position of [2, 10]) await end(position);
  await end(11);
  await Promise.all([one, two]);
  expect([...begun].sort((a, b) => a - b)).toEqual([0, 1, 2, 10, 11]);
});

test('after a failure nothing more is begun, what is under way is waited for, and what is done without a gap is told', async () => {
  const { begun, handle, end } = gates();
  const done: number[] = [];
  const sideBySide = createSideBySide(3);
  const all = sideBySide(records('abccd'), (position) => done.push(position), handle);
  const outcome = expect(all).rejects.toThrow('away');
  await end(1, new Error('away'));
  await end(0);
  await end(2);
  await outcome;
  expect(begun).toEqual([0, 1, 2]);
  expect(done).toEqual([0]);
  // What it held of the bound is free again.
  const again = gates();
  const next = sideBySide(records('xyz'), () => {}, again.handle);
  expect(again.begun).toEqual([0, 1, 2]);
  for (const position of again.begun) await again.end(position);
  await next;
});
