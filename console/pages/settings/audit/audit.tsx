import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../../client/api';
import { TextField } from '../../../parts/field';
import { Card, Page } from '../../../parts/page';
import { instantOf, localOf, useFilters } from '../filters';
import { Listed } from '../listed';
import { usePages } from '../pages-of';
import styles from '../settings.module.css';
import { AuditExport } from './audit-export';
import { Entry } from './entry-view';

const NAMES = ['who', 'action', 'resource', 'from', 'to'] as const;
const SETTLES_MS = 300;

/** Every change: who, what, before and after. */
export default function Audit() {
  const { t } = useTranslation('settings');
  const [filters, setFilter] = useFilters(NAMES);
  const entries = usePages(['audit'], filters, (query, signal) =>
    answer(api.GET('/v1/audit', { params: { query }, signal })),
  );
  return (
    <Page title={t('section.audit')} about={t('audit.about')} actions={<AuditExport filters={filters} />}>
      <Card>
        <div className={styles.filters}>
          {(['who', 'action', 'resource'] as const).map((name) => (
            <Settling
              key={name}
              label={t(`audit.${name}`)}
              hint={t(`audit.${name}.hint`)}
              value={filters[name]}
              onSettled={(value) => setFilter(name, value)}
            />
          ))}
          {(['from', 'to'] as const).map((name) => (
            <TextField
              key={name}
              label={t(name)}
              type="datetime-local"
              value={localOf(filters[name])}
              onChange={(value) => setFilter(name, instantOf(value) ?? '')}
            />
          ))}
        </div>
        <Listed of={entries}>
          {(items) =>
            items.length === 0 ? (
              <p>{t('audit.none')}</p>
            ) : (
              <ol className={styles.entries} aria-label={t('section.audit')}>
                {items.map((entry) => (
                  <Entry key={entry.id} entry={entry} />
                ))}
              </ol>
            )
          }
        </Listed>
      </Card>
    </Page>
  );
}

/** A filter that is asked for once the typing pauses. */
function Settling({
  label,
  hint,
  value,
  onSettled,
}: {
  label: string;
  hint: string;
  value: string;
  onSettled(value: string): void;
}) {
  const [typed, setTyped] = useState(value);
  useEffect(() => {
    if (typed.trim() === value) return;
    const settling = setTimeout(() => onSettled(typed.trim()), SETTLES_MS);
    return () => clearTimeout(settling);
  });
  return <TextField label={label} hint={hint} dir="ltr" value={typed} onChange={setTyped} />;
}
