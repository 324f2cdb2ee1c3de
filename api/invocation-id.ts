import { randomFillSync } from 'node:crypto';
import { monotonicFactory } from 'ulid';

const pool = new Uint8Array(4096);
let used = pool.length;

/** Random bytes are drawn many at once: one by one, as ulid does by itself, they cost more than all the rest of it. */
function random(): number {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  return (pool[used++] ?? 0) / 256;
}

const ulid = monotonicFactory(random);

/** `inv_` and a ULID: in the order of time, so that an index of them grows at its end. */
export function newInvocationId(): string {
  return `inv_${ulid()}`;
}
