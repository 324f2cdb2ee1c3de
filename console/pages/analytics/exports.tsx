import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../client/api';
import { download, type FileKind, fileOf } from '../../client/download';
import { Button } from '../../parts/button';
import { Disclosure } from '../../parts/disclosure';
import { Card } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import styles from './exports.module.css';
import { askedOf, type Filters, reportQueryOf } from './filters';

const REPORTS = ['funnel', 'latency', 'cost', 'failures'] as const;

function query(given: Record<string, string | number>): string {
  return new URLSearchParams(Object.entries(given).map(([name, value]) => [name, String(value)])).toString();
}

/** What is shown, as files; with the same filters. */
export function Exports({ filters }: { filters: Filters }) {
  const { t } = useTranslation('insight');
  const report = REPORTS.find((name) => name === filters.view);
  const { channel } = filters;
  const late = (kind: FileKind) => {
    const params = { query: { ...askedOf(filters), ...(channel && { channel }) } };
    return api.GET('/v1/analytics/late', { params, ...fileOf(kind) });
  };
  return (
    <Card>
      <Disclosure title={t('export')}>
        <ul className={styles.files}>
          {report && (
            <File
              kind="csv"
              name={report}
              ask={(kind) => {
                const params = { query: reportQueryOf(filters) };
                return api.GET(`/v1/analytics/${report}`, { params, ...fileOf(kind) });
              }}
            >
              {t('export.view', { view: t(`view.${report}`) })}
            </File>
          )}
          <li>
            {t('export.rollups')} <Link filters={filters} format="csv" /> <Link filters={filters} format="ndjson" />
          </li>
          <File kind="csv" name="late" ask={late}>
            {t('export.late', { format: 'CSV' })}
          </File>
          <File kind="ndjson" name="late" ask={late}>
            {t('export.late', { format: 'NDJSON' })}
          </File>
        </ul>
      </Disclosure>
    </Card>
  );
}

/** The server sends it as a file, so that a plain link does. */
function Link({ filters, format }: { filters: Filters; format: FileKind }) {
  return <a href={`/v1/exports/rollups?${query({ ...askedOf(filters), format })}`}>{format.toUpperCase()}</a>;
}

function File({
  kind,
  name,
  ask,
  children,
}: {
  kind: FileKind;
  name: string;
  ask(kind: FileKind): Promise<{ data?: Blob }>;
  children: string;
}) {
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const fetchIt = async () => {
    setState({ busy: true, error: null });
    try {
      await download(ask(kind), `onward-${name}.${kind}`);
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
