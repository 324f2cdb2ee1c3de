import { useTranslation } from 'react-i18next';
import type { Schemas } from '../../../client/api';
import { Time } from '../../../parts/amounts';
import { Badge } from '../../../parts/note';
import { type Column, Table } from '../../../parts/table';
import styles from '../settings.module.css';
import { type Difference, differences, shown } from './entry';

export function Entry({ entry }: { entry: Schemas['AuditEntry'] }) {
  const { t } = useTranslation('settings');
  const { at, by, action, resource, outcome, requestId } = entry;
  const changes = differences(entry.before, entry.after);
  return (
    <li className={styles.entry}>
      <p className={styles.row}>
        <Time at={at} seconds />
        <strong>{by.name || by.id || t('audit.nobody')}</strong>
        <code>{action}</code>
        {resource.id && <code className={styles.soft}>{resource.id}</code>}
        <Badge tone={outcome === 'done' ? 'good' : 'bad'}>{t(`audit.outcome.${outcome ?? 'unknown'}`)}</Badge>
      </p>
      <details>
        <summary>{t('audit.differences', { count: changes.length })}</summary>
        <div className={styles.stack}>
          {changes.length > 0 && <Differences changes={changes} />}
          <p className={styles.soft}>
            {by.id && (
              <>
                {t('audit.by')} <code>{by.id}</code>{' '}
              </>
            )}
            {requestId && (
              <>
                {t('audit.request')} <code>{requestId}</code>
              </>
            )}
          </p>
        </div>
      </details>
    </li>
  );
}

function Differences({ changes }: { changes: readonly Difference[] }) {
  const { t } = useTranslation('settings');
  const side = (value: unknown) =>
    value === undefined ? <span className={styles.soft}>–</span> : <pre className={styles.text}>{shown(value)}</pre>;
  const columns: Column<Difference>[] = [
    { name: t('audit.field'), cell: ({ path }) => <code>{path || '/'}</code> },
    { name: t('audit.before'), cell: ({ before }) => side(before) },
    { name: t('audit.after'), cell: ({ after }) => side(after) },
  ];
  return <Table caption={t('audit.changes')} columns={columns} rows={changes} rowKey={({ path }) => path} />;
}
