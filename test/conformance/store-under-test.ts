import type { LogRecord } from '../../log/contract';
import type { Histories, Store, ViewWriter } from '../../store/contract';

export interface StoreUnderTest {
  store: Store;
  /** The projection's side of its read model. */
  views: ViewWriter;
  /** The keyed hash that its read model finds addresses by. */
  hash(address: string): string;
  events: KeptEvents;
  /** Closes it and opens it again on what is durable. */
  reopen(): Promise<StoreUnderTest>;
  close(): Promise<void>;
}

/** Where the runs' events are kept beside this store. */
export interface KeptEvents {
  histories: Histories;
  /** Records of one partition, in order; they may come again. */
  keep(records: readonly LogRecord[]): Promise<void>;
}

export type OpenStore = () => Promise<StoreUnderTest>;

/** A fresh store before each test of the block, closed after it; `reopen` puts the reopened one in its place. */
export function storeForEachTest(open: OpenStore): { readonly now: StoreUnderTest; reopen(): Promise<void> } {
  let current: StoreUnderTest | null = null;
  beforeEach(async () => {
    current = await open();
  });
  afterEach(() => current?.close());
  const now = () => {
    if (!current) throw new Error('no test is running');
    return current;
  };
  return {
    get now() {
      return now();
    },
    async reopen() {
      current = await now().reopen();
    },
  };
}

/** All pages of a list, one after the other. */
export async function everyPage<T>(
  list: (page: { limit: number; cursor: string | null }) => Promise<{ items: T[]; nextCursor: string | null }>,
  limit: number,
): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: { items: T[]; nextCursor: string | null } = await list({ limit, cursor });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null);
  return items;
}
