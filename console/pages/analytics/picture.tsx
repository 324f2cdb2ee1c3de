import { type ReactNode, Suspense } from 'react';
import { useTranslation } from 'react-i18next';
import { Disclosure } from '../../parts/disclosure';
import styles from './picture.module.css';

/**
 * A chart for the eye, a sentence for everybody, and the same numbers as a table. What reads pages out is told `label`
 * and the sentence in place of the chart.
 */
export function Picture({
  label,
  summary,
  height,
  chart,
  table,
}: {
  label: string;
  summary: string;
  height: number;
  chart: ReactNode;
  table: ReactNode;
}) {
  const { t } = useTranslation('insight');
  return (
    <div className={styles.picture}>
      <div role="img" aria-label={`${label}. ${summary}`} className={styles.chart} style={{ height }} dir="ltr">
        <Suspense fallback={null}>{chart}</Suspense>
      </div>
      <p className={styles.summary}>{summary}</p>
      <Disclosure title={t('asTable')}>{table}</Disclosure>
    </div>
  );
}
