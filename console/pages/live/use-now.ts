import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { Mode } from '../../../schemas/vocabulary';
import { askNow, type Now } from './now';

const EVERY_MS = 2_000;
/** Five minutes; kept by the page, since the server keeps none. */
const KEPT = 150;

/** Asked every 2 s, and not while the tab is hidden; `before` is what was answered while the page stood open. */
export function useNow(mode: Mode) {
  const asked = useQuery({
    queryKey: ['live', mode],
    queryFn: ({ signal }) => askNow(mode, signal),
    refetchInterval: EVERY_MS,
    refetchIntervalInBackground: false,
    staleTime: EVERY_MS,
  });
  const { data, error, refetch } = asked;
  const kept = useRef<{ mode: Mode; all: Now[] }>({ mode, all: [] });
  if (kept.current.mode !== mode) kept.current = { mode, all: [] };
  const last = kept.current.all[kept.current.all.length - 1];
  if (data && data !== last) kept.current.all = [...kept.current.all, data].slice(-KEPT);
  return { now: data, before: kept.current.all, error, retry: () => void refetch(), hidden: useHidden() };
}

function useHidden(): boolean {
  const [hidden, set] = useState(document.hidden);
  useEffect(() => {
    const look = () => set(document.hidden);
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  return hidden;
}
