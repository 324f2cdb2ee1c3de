import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { Select } from '../../parts/field';
import { Note } from '../../parts/note';
import { type ExportDataset, type ExportFormat, exportOf, type RunFilters } from './filters';
import styles from './run-list.module.css';

const FORMATS = { ndjson: 'NDJSON', csv: 'CSV', parquet: 'Parquet' } as const satisfies Record<ExportFormat, string>;

/** All that matches, as a file. What a file cannot be held to is said before it is made. */
export function ExportLinks({ filters }: { filters: RunFilters }) {
  const { t } = useTranslation('runs');
  const [open, setOpen] = useState(false);
  const [dataset, setDataset] = useState<ExportDataset>('invocations');
  const { without } = exportOf(filters, dataset, 'csv');
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('export')}</Button>
      {open && (
        <Dialog title={t('export')} onClose={() => setOpen(false)}>
          <Select<ExportDataset>
            label={t('export.dataset')}
            value={dataset}
            choices={(['invocations', 'attempts', 'events'] as const).map((value) => {
              return { value, words: t(`export.${value}`) };
            })}
            onChange={setDataset}
          />
          {without.length > 0 && (
            <Note tone="wait" title={t('export.wider')}>
              <p>{t('export.wider.hint', { filters: without.map((name) => t(`filter.${name}`)).join(', ') })}</p>
            </Note>
          )}
          <div className={styles.exports}>
            {(Object.keys(FORMATS) as ExportFormat[]).map((format) => (
              <a key={format} href={exportOf(filters, dataset, format).href} download>
                {FORMATS[format]}
              </a>
            ))}
          </div>
        </Dialog>
      )}
    </>
  );
}
