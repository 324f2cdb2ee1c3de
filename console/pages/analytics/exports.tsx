import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { download } from '../../client/download';
import { Button } from '../../parts/button';
import { Disclosure } from '../../parts/disclosure';
import { Card } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import styles from './exports.module.css';
import { askedOf, type Filters, reportQueryOf } from './filters';

const TYPES = { csv: 'text/csv', ndjson: 'application/x-ndjson' } as const;
const REPORTS = ['funnel', 'latency', 'cost', 'failures'] as const;

function query(given: Record<string, string | number>): string {
  return new URLSearchParams(Object.entries(given).map(([name, value]) => [name, String(value)])).toString();
}

/** What is shown, as files; with the same filters. */
export function Exports({ filters }: { filters: Filters }) {
  const { t } = useTranslation('insight');
  const report = REPORTS.find((name) => name === filters.view);
  const { channel } = filters;
  const late = query({ ...askedOf(filters), ...(channel && { channel }) });
  return (
    <Card>
      <Disclosure title={t('export')}>
        <ul className={styles.files}>
          {report && (
            <File path={`/v1/analytics/${report}?${query(reportQueryOf(filters))}`} type="csv" name={report}>
              {t('export.view', { view: t(`view.${report}`) })}
            </File>
          )}
          <li>
            {t('export.rollups')} <Link filters={filters} format="csv" /> <Link filters={filters} format="ndjson" />
          </li>
          <File path={`/v1/analytics/late?${late}`} type="csv" name="late">
            {t('export.late', { format: 'CSV' })}
          </File>
          <File path={`/v1/analytics/late?${late}`} type="ndjson" name="late">
            {t('export.late', { format: 'NDJSON' })}
          </File>
        </ul>
      </Disclosure>
    </Card>
  );
}

/** The server sends it as a file, so that a plain link does. */
function Link({ filters, format }: { filters: Filters; format: keyof typeof TYPES }) {
  return <a href={`/v1/exports/rollups?${query({ ...askedOf(filters), format })}`}>{format.toUpperCase()}</a>;
}

function File({
  path,
  type,
  name,
  children,
}: {
  path: string;
  type: keyof typeof TYPES;
  name: string;
  children: string;
}) {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const fetchIt = async () => {
    setState({ busy: true, error: null });
    try {
      await download(path, TYPES[type], `onward-${name}.${type}`);
      setState({ busy: false, error: null });
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return (
    <li>
      <Button quiet busy={state.busy} onClick={() => void fetchIt()}>
        {children}
      </Button>
      {state.error !== null && <ProblemNote error={state.error} onRetry={() => void fetchIt()} />}
    </li>
  );
}
