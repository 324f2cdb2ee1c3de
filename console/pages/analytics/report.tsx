import { type QueryKey, useQuery } from '@tanstack/react-query';
import { type ReactNode, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Loading } from '../../parts/loading';
import { ProblemNote } from '../../parts/problem-note';
import styles from './report.module.css';

/** Runs go on while one looks. */
const ANEW_EVERY_MS = 15_000;

export interface Asked<T> {
  /** Undefined until the first answer has come. */
  data: T | undefined;
  /** What is shown answers an earlier question: the new one is under way, or could not be answered. */
  earlier: boolean;
  error: unknown;
  retry(): void;
}

/** An answer that stays in sight until the next one has come, whatever happens on the way. */
export function useReport<T>(
  queryKey: QueryKey,
  queryFn: (given: { signal: AbortSignal }) => Promise<T>,
  options: { enabled?: boolean; everyMs?: number | false } = {},
): Asked<T> {
  const { enabled = true, everyMs = ANEW_EVERY_MS } = options;
  const asked = useQuery({ queryKey, queryFn, enabled, refetchInterval: everyMs });
  const shown = useRef<T | undefined>(undefined);
  if (asked.data !== undefined) shown.current = asked.data;
  const data = enabled ? (asked.data ?? shown.current) : undefined;
  return {
    data,
    earlier: data !== undefined && (asked.data === undefined || asked.isRefetchError),
    error: asked.error,
    retry: () => void asked.refetch(),
  };
}

/** Around a report: on its way, failed, of an earlier question, or there. */
export function Report<T>({ asked, children }: { asked: Asked<T>; children(data: T): ReactNode }) {
  const { t } = useTranslation('insight');
  const { data, earlier, error, retry } = asked;
  if (data === undefined) return error ? <ProblemNote error={error} onRetry={retry} /> : <Loading lines={5} />;
  return (
    <>
      {error !== null && error !== undefined && (
        <>
          <ProblemNote error={error} onRetry={retry} />
          <p className={styles.earlier}>{t('kept')}</p>
        </>
      )}
      <div className={styles.report} data-earlier={earlier} aria-busy={earlier && !error}>
        {children(data)}
      </div>
    </>
  );
}
