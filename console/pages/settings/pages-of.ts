import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';

interface Portion<T> {
  items: T[];
  nextCursor: string | null;
}

/**
 * A list of the API, portion by portion.
 * @param filters those that stand empty are not asked with
 * @param ask for the portion that begins at the query's cursor
 */
export function usePages<T, F extends object>(
  queryKey: QueryKey,
  filters: F,
  ask: (query: Partial<F> & { cursor?: string }, signal: AbortSignal) => Promise<Portion<T>>,
) {
  // As the filters are, but for the empty ones; fromEntries forgets their names.
  const asked = Object.fromEntries(Object.entries(filters).filter(([, value]) => Boolean(value))) as Partial<F>;
  const query = useInfiniteQuery({
    queryKey: [...queryKey, asked],
    queryFn: ({ pageParam, signal }) => ask({ ...asked, ...(pageParam && { cursor: pageParam }) }, signal),
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: (before) => before,
  });
  return { ...query, items: query.data?.pages.flatMap(({ items }) => items) ?? null };
}

/** How many a short list may have that is shown as a whole. */
export const WHOLE = 200;
