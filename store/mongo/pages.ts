import type { Collection, Document, Filter, WithId } from 'mongodb';
import { BadCursor, type Page, type PageRequest } from '../contract';
import { fetchPage, type Place } from '../cursor';

/** The filter for what stands below a place of a list that is sorted by `createdAt` and `tie`, both descending. */
export function below(after: Place | null, tie: string): Document {
  if (!after) return {};
  const [createdAt, last] = after;
  // The first condition is what an index seeks by.
  return { createdAt: { $lte: createdAt }, $or: [{ createdAt: { $lt: createdAt } }, { [tie]: { $lt: last } }] };
}

interface Listed {
  createdAt: number;
}

/**
 * Pages of a collection, newest first.
 * @param kind what the IDs in `tie` begin with: a cursor of another list has none of them
 */
export async function listPage<D extends Listed & Document>(
  collection: Collection<D>,
  filter: Document,
  page: PageRequest,
  { tie = '_id', kind = '' }: { tie?: string; kind?: string } = {},
): Promise<Page<WithId<D>>> {
  return fetchPage(
    page,
    'string',
    async (after, limit) => {
      if (after && !String(after[1]).startsWith(kind)) throw new BadCursor();
      return collection
        .find({ ...filter, ...below(after, tie) } as Filter<D>)
        .sort({ createdAt: -1, [tie]: -1 })
        .limit(limit)
        .toArray();
    },
    (document) => [document.createdAt, String(document[tie])],
  );
}

/** The same page of other items. */
export function mapPage<A, B>(page: Page<A>, to: (item: A) => B): Page<B> {
  return { items: page.items.map(to), nextCursor: page.nextCursor };
}
