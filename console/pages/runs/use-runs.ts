import { type InfiniteData, useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { useCallback, useEffect, useMemo, useState } from 'react';
import type { InvocationView } from '../../../schemas/invocation';
import type { RunFilters } from '../../../schemas/run-filters';
import { answer, api } from '../../client/api';

/** As many as the API gives at once: whoever scrolls fast waits less often. */
const PAGE = 200;
const NEWEST = 50;
const LOOK_MS = 4_000;
/** A list of a hundred thousand is large, and is had again when one comes back. */
const KEPT_MS = 60_000;

interface RunPage {
  items: InvocationView[];
  nextCursor: string | null;
}

type Found = InfiniteData<RunPage, string | null>;

export interface Runs {
  rows: readonly InvocationView[];
  /** As it was last seen: rows near the top change while one looks. */
  current(run: InvocationView): InvocationView;
  /** How many there are above the first row by now; the list does not move by itself. */
  newer: number;
  /** There may be more of them than are counted. */
  manyNewer: boolean;
  showNewer(): void;
  loading: boolean;
  loadingMore: boolean;
  complete: boolean;
  error: Error | null;
  more(): void;
  again(): void;
}

async function page(query: RunFilters & { limit: number; cursor?: string }, signal: AbortSignal): Promise<RunPage> {
  return (await answer(api.GET('/v1/invocations', { params: { query }, signal }))) as RunPage;
}

/** Runs, newest first: page after page as one scrolls, and by a look every few seconds what has come and changed. */
export function useRuns(filters: RunFilters): Runs {
  const client = useQueryClient();
  // Where more has come than one look shows, the list is begun anew.
  const [round, setRound] = useState(0);
  const key = useMemo(() => ['runs', 'list', filters, round] as const, [filters, round]);
  const list = useInfiniteQuery({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      page({ ...filters, limit: PAGE, ...(pageParam !== null && { cursor: pageParam }) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last: RunPage) => last.nextCursor,
    // Hundreds of pages are never asked for again by themselves; the look below tells what changes.
    staleTime: 'static',
    structuralSharing: false,
    gcTime: KEPT_MS,
  });
  const newest = useQuery({
    queryKey: ['runs', 'newest', filters],
    queryFn: ({ signal }) => page({ ...filters, limit: NEWEST }, signal),
    refetchInterval: LOOK_MS,
    enabled: list.data !== undefined || list.isError,
  });
  const rows = useMemo(() => list.data?.pages.flatMap(({ items }) => items) ?? [], [list.data]);
  const known = useMemo(() => new Set(rows.map(({ id }) => id)), [rows]);
  const seen = useMemo(() => new Map(newest.data?.items.map((run) => [run.id, run])), [newest.data]);
  const news = useMemo(() => newest.data?.items.filter(({ id }) => !known.has(id)) ?? [], [newest.data, known]);
  const manyNewer = news.length >= NEWEST;

  // The server answers again: what failed meanwhile is made up for.
  const { isError, refetch, fetchNextPage, isFetchNextPageError } = list;
  const lookedAt = newest.dataUpdatedAt;
  useEffect(() => {
    if (isError && lookedAt > 0) void (isFetchNextPageError ? fetchNextPage() : refetch());
  }, [lookedAt, isError, isFetchNextPageError, fetchNextPage, refetch]);

  const { hasNextPage, isFetching } = list;
  const more = useCallback(() => {
    if (hasNextPage && !isFetching && !isError) void fetchNextPage();
  }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const showNewer = () => {
    if (manyNewer) setRound(round + 1);
    else client.setQueryData<Found>(key, (old) => old && withNewer(old, news));
  };
  return {
    rows,
    current: (run) => seen.get(run.id) ?? run,
    newer: list.data ? news.length : 0,
    manyNewer,
    showNewer,
    loading: list.isPending,
    loadingMore: list.isFetchingNextPage,
    complete: list.data !== undefined && !hasNextPage,
    error: list.error ?? (newest.isError ? newest.error : null),
    more,
    again: () => {
      void newest.refetch();
      if (isError) void (isFetchNextPageError ? fetchNextPage() : refetch());
    },
  };
}

function withNewer({ pages, pageParams }: Found, news: InvocationView[]): Found {
  return { pages: [{ items: news, nextCursor: null }, ...pages], pageParams: [null, ...pageParams] };
}
