import { setImmediate as turn } from 'node:timers/promises';
import type { IndexedInvocation, InvocationIndex, InvocationQuery, Page } from '../store/contract';

/**
 * The pages of a search from its first on, newest first. One is held at a time: the next is read when it is asked for.
 * @param first was read by whoever asks, so that what is wrong with a query is told before an answer begins
 */
export async function* runPages(
  index: Pick<InvocationIndex, 'search'>,
  query: InvocationQuery,
  first: Page<IndexedInvocation>,
  limit: number,
  without?: 'metadata',
): AsyncGenerator<IndexedInvocation[]> {
  let page = first;
  for (;;) {
    if (page.items.length > 0) yield page.items;
    const { nextCursor } = page;
    if (nextCursor === null) return;
    // SQLite answers at once, and a fast reader drains at once: without this nobody else would have a turn between.
    await turn();
    page = await index.search(query, { limit, cursor: nextCursor }, without);
  }
}
