import { useTranslation } from 'react-i18next';
import styles from './loading.module.css';

/** Stands in the place of what is on its way. */
export function Loading({ lines = 3 }: { lines?: number }) {
  const { t } = useTranslation('parts');
  return (
    <div className={styles.loading} role="status">
      <span className="for-readers-only">{t('loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the lines are all alike and never change places.
        <span key={line} className={styles.line} />
      ))}
    </div>
  );
}
