import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { RunFilters } from '../../../schemas/run-filters';
import { Button } from '../../parts/button';
import { Dialog } from '../../parts/dialog';
import { Select } from '../../parts/field';
import { type ExportDataset, type ExportFormat, exportOf } from './filters';
import styles from './run-list.module.css';

const FORMATS = { ndjson: 'NDJSON', csv: 'CSV', parquet: 'Parquet' } as const satisfies Record<ExportFormat, string>;

/** All that matches, as a file. */
export function ExportLinks({ filters }: { filters: RunFilters }) {
  const { t } = useTranslation('runs');
  const [open, setOpen] = useState(false);
  const [dataset, setDataset] = useState<ExportDataset>('invocations');
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
          <div className={styles.exports}>
            {(Object.keys(FORMATS) as ExportFormat[]).map((format) => (
              <a key={format} href={exportOf(filters, dataset, format)} download>
                {FORMATS[format]}
              </a>
            ))}
          </div>
        </Dialog>
      )}
    </>
  );
}
