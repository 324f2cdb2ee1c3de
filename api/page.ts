import { LIST_LIMITS, type PageQuery } from '../schemas/list';
import type { Page, PageRequest } from '../store/contract';

export function pageRequest({ limit, cursor }: PageQuery): PageRequest {
  return { limit: limit ?? LIST_LIMITS.usual, cursor: cursor ?? null };
}

/** A page with its items as the API writes them. */
export function pageOf<T, V>(page: Page<T>, view: (item: T) => V): { items: V[]; nextCursor: string | null } {
  return { items: page.items.map(view), nextCursor: page.nextCursor };
}

/** Every item of a list, page by page. */
export async function* everyItem<T>(list: (page: PageRequest) => Promise<Page<T>>): AsyncGenerator<T> {
  let cursor: string | null = null;
  do {
    const page: Page<T> = await list({ limit: LIST_LIMITS.most, cursor });
    yield* page.items;
    cursor = page.nextCursor;
  } while (cursor !== null);
}
