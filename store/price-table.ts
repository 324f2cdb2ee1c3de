import { PRICE_LIMITS, type PriceRow } from '../schemas/price';
import type { Provider } from '../schemas/vocabulary';
import type { PriceStore, PriceTable } from './contract';

/** What an adapter keeps: whole tables under numbers that grow by one. */
export interface PriceRevisions {
  /** The greatest number, 0 where there is none. */
  newest(): Promise<number>;
  /** The text of the greatest number; null where there is none. */
  read(): Promise<{ revision: number; rows: string } | null>;
  /** False where that number is taken. */
  insert(revision: number, rows: string, now: number): Promise<boolean>;
  /** Empties those before it. Their numbers stay taken: else who had read an old table could still put his own there. */
  emptyBefore(revision: number): Promise<void>;
}

/**
 * A table is one text under a number that only one writer can have: so a change is whole or not there, without a
 * transaction, and none gets lost between two who write at once.
 */
export function createPriceStore(revisions: PriceRevisions): PriceStore {
  const all = async (): Promise<PriceTable> => {
    const found = await revisions.read();
    return found ? { rows: fromText(found.rows), revision: found.revision } : { rows: [], revision: 0 };
  };
  return {
    all,
    revision: () => revisions.newest(),
    async replace(given, provider, now) {
      for (;;) {
        const before = await all();
        const kept = provider === null ? [] : before.rows.filter((row) => row.provider !== provider);
        const rows = [...kept, ...given];
        if (rows.length > PRICE_LIMITS.rows) return 'too_many';
        const revision = before.revision + 1;
        if (!(await revisions.insert(revision, toText(rows), now))) continue;
        await revisions.emptyBefore(revision);
        return { rows, revision };
      }
    },
  };
}

/** The longest table has to fit into one document of MongoDB, 16 MB: names of fields do not stand in every row. */
type Cells = [Provider, string | null, PriceRow['channel'], string, string, number];

function toText(rows: readonly PriceRow[]): string {
  const cells = rows.map(
    ({ provider, account, channel, country, currency, costMicros }): Cells => [
      provider,
      account,
      channel,
      country,
      currency,
      costMicros,
    ],
  );
  return JSON.stringify(cells);
}

function fromText(text: string): PriceRow[] {
  return (JSON.parse(text) as Cells[]).map(([provider, account, channel, country, currency, costMicros]) => {
    return { provider, account, channel, country, currency, costMicros };
  });
}
