import { NO_PRICES, type PriceBook, type Prices, priceBook } from '../core/prices';
import type { PriceStore } from './contract';

/** How long a change of another process may go unseen. */
const MAX_AGE_MS = 1_000;

export interface PriceBookOptions {
  onFault(message: string, error: unknown): void;
  /** Milliseconds on a clock that only goes forward. */
  now?(): number;
}

/** The price table held in memory: while the revision stands, only its number is read, once a second at most. */
export function createPrices(
  store: Pick<PriceStore, 'all' | 'revision'>,
  { onFault, now = () => performance.now() }: PriceBookOptions,
): Prices {
  let held: { book: PriceBook; revision: number } = { book: NO_PRICES, revision: 0 };
  let freshUntil = Number.NEGATIVE_INFINITY;
  let looking: Promise<PriceBook> | null = null;
  let changes = 0;

  const look = async (): Promise<PriceBook> => {
    const asked = changes;
    const until = now() + MAX_AGE_MS;
    try {
      const found = (await store.revision()) === held.revision ? null : await store.all();
      // What was read before a change of ours has to be read again.
      if (asked !== changes) return current();
      if (found) held = { book: priceBook(found.rows), revision: found.revision };
    } catch (error) {
      onFault('the price table could not be read', error);
    }
    freshUntil = until;
    looking = null;
    return held.book;
  };
  const current = () => {
    if (now() < freshUntil) return held.book;
    looking ??= look();
    return looking;
  };

  return {
    current,
    changed() {
      changes += 1;
      freshUntil = Number.NEGATIVE_INFINITY;
      looking = null;
    },
  };
}
