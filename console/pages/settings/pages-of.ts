import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query';
import { ask } from '../../client/ask';

interface Portion<T> {
  items: T[];
  nextCursor: string | null;
}

/** A list of the API, portion by portion. */
export function usePages<T>(queryKey: QueryKey, path: string, filters: Record<string, string | undefined> = {}) {
  const asked = Object.entries(filters).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const query = useInfiniteQuery({
    queryKey: [...queryKey, Object.fromEntries(asked)],
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams([...asked, ...(pageParam ? [['cursor', pageParam]] : [])] as [
        string,
        string,
      ][]);
      return ask<Portion<T>>('GET', `${path}${search.size > 0 ? `?${search}` : ''}`, undefined, signal);
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: (before) => before,
  });
  return { ...query, items: query.data?.pages.flatMap(({ items }) => items) ?? null };
}

/** How many a short list may have that is shown as a whole. */
export const WHOLE = '200';
