import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Mode } from '../../../schemas/vocabulary';
import { whole } from '../../parts/amounts';
import { Card } from '../../parts/page';
import styles from './live.module.css';
import type { Now } from './now';

/** By flow, the most first; each leads to its runs. */
export function Running({ running: { byFlow }, mode }: { running: Now['running']; mode: Mode }) {
  const { t } = useTranslation('insight');
  const most = Math.max(...byFlow.map(({ running }) => running), 1);
  const search = (workflowId: string) =>
    new URLSearchParams({ flow: workflowId, status: 'running', ...(mode === 'test' && { mode }) }).toString();
  return (
    <Card title={t('live.byFlow')}>
      {byFlow.length === 0 ? (
        <p className={styles.quiet}>
          {t('live.nothing')} {mode === 'live' && <Link href="/live?mode=test">{t('live.toTest')}</Link>}
        </p>
      ) : (
        <ul className={styles.bars}>
          {byFlow.map(({ flowId, workflowId, name, running }) => (
            <li key={flowId}>
              <Link href={`/runs?${search(workflowId)}`}>{name}</Link>
              <span className={styles.number}>{whole(running)}</span>
              <span className={styles.bar} aria-hidden="true">
                <span style={{ width: `${(running / most) * 100}%` }} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
