import { createHash } from 'node:crypto';
import { createKeyFilter } from '../../store/key-filter';

const keyOf = (n: number) => createHash('sha256').update(`key ${n}`).digest().subarray(0, 16);

test('a key that was added may always be there, and of those that were not few are taken for it', () => {
  const filter = createKeyFilter();
  for (let n = 0; n < 20_000; n++) filter.add(keyOf(n));
  let taken = 0;
  for (let n = 0; n < 20_000; n++) {
    expect(filter.mayHave(keyOf(n))).toBe(true);
    if (filter.mayHave(keyOf(n + 20_000))) taken++;
  }
  expect(taken).toBeLessThan(20);
});

test('an empty filter has nothing', () => {
  expect(createKeyFilter().mayHave(keyOf(1))).toBe(false);
});
