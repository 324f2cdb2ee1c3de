import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Redirect, useLocation, useSearch } from 'wouter';
import { sessionQuery } from '../client/session';
import { Loading } from '../parts/loading';
import { ProblemNote } from '../parts/problem-note';

/** Shows what is behind it to whoever has signed in; others sign in first and come back. */
export function Gate({ children }: { children: ReactNode }) {
  const { data, error, refetch } = useQuery({ ...sessionQuery, refetchInterval: 5 * 60_000 });
  const [path] = useLocation();
  const search = useSearch();
  if (data?.person) return children;
  if (data) {
    const here = `/console${path === '/' ? '' : path}${search ? `?${search}` : ''}`;
    return <Redirect to={`/sign-in?returnTo=${encodeURIComponent(here)}`} replace />;
  }
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  return <Loading />;
}
