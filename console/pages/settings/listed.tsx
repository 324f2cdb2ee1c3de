import type { ReactNode } from 'react';
import { Loading } from '../../parts/loading';
import { ProblemNote } from '../../parts/problem-note';
import { More } from '../../parts/table';
import type { usePages } from './pages-of';

/** The states of a list: on its way, failed (what there was stays), there; and the way to more of it. */
export function Listed<T>({
  of,
  children,
}: {
  of: ReturnType<typeof usePages<T, object>>;
  children(items: T[]): ReactNode;
}) {
  return (
    <>
      {of.error && <ProblemNote error={of.error} onRetry={() => void of.refetch()} />}
      {of.items === null && !of.error && <Loading />}
      {of.items && children(of.items)}
      <More shown={of.hasNextPage} busy={of.isFetchingNextPage} onMore={() => void of.fetchNextPage()} />
    </>
  );
}
