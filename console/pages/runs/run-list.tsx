import { useCallback, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useSearch } from 'wouter';
import type { RunFilters } from '../../../schemas/run-filters';
import { useFlows } from '../../client/flow-names';
import { useRights } from '../../client/session';
import { whole } from '../../parts/amounts';
import { Button, LinkButton } from '../../parts/button';
import { Loading } from '../../parts/loading';
import { ModeChoice } from '../../parts/mode-choice';
import { Note } from '../../parts/note';
import { Page } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { SavedViews } from '../../parts/saved-views';
import { VirtualList } from '../../parts/virtual-list';
import { ExportLinks } from './export-links';
import { filtersOf, narrowed, searchOf } from './filters';
import styles from './run-list.module.css';
import { RunRow, RunRowHead } from './run-row';
import { RunSearch } from './run-search';
import { type Runs, useRuns } from './use-runs';

/** As one is drawn: another height would have all rows after it placed anew. */
const ROW_HEIGHT = 44;

/** Every run there was, by whatever one knows of it. What is sought stands in the address. */
export default function RunList() {
  const { t } = useTranslation('runs');
  const search = useSearch();
  const [, navigate] = useLocation();
  const { sees } = useRights();
  const filters = useMemo(() => filtersOf(new URLSearchParams(search)), [search]);
  const change = useCallback(
    (next: RunFilters) => {
      const text = searchOf(next);
      navigate(text === '' ? '/runs' : `/runs?${text}`);
    },
    [navigate],
  );
  return (
    <Page
      title={t('list.title')}
      about={t('list.about')}
      actions={
        <ModeChoice
          mode={filters.mode ?? 'live'}
          onChange={(mode) => change({ ...filters, mode: mode === 'live' ? undefined : mode })}
        />
      }
    >
      <RunSearch filters={filters} onChange={change} onRun={(id) => navigate(`/runs/${id}`)} />
      <div className={styles.beside}>
        {sees('analytics') ? <SavedViews page="runs" search={searchOf(filters)} /> : <span />}
        {sees('analytics') && <ExportLinks filters={filters} />}
      </div>
      <Found filters={filters} onChange={change} />
    </Page>
  );
}

function Found({ filters, onChange }: { filters: RunFilters; onChange(filters: RunFilters): void }) {
  const { t } = useTranslation('runs');
  const runs = useRuns(filters);
  const flows = useFlows();
  // Where the newest are shown, the list begins anew at its top.
  const [shown, setShown] = useState(0);
  const showNewer = () => {
    runs.showNewer();
    setShown(shown + 1);
  };
  if (runs.loading) return <Loading lines={8} />;
  return (
    <div className={styles.found}>
      {runs.error && <ProblemNote error={runs.error} onRetry={runs.again} />}
      <Count runs={runs} onShowNewer={showNewer} />
      {runs.rows.length === 0 ? (
        !runs.error && <Nothing filters={filters} onChange={onChange} />
      ) : (
        <div className={styles.list}>
          <RunRowHead />
          <VirtualList
            key={`${searchOf(filters)} ${shown}`}
            label={t('list.title')}
            rows={runs.rows}
            rowKey={({ id }) => id}
            rowHeight={ROW_HEIGHT}
            row={(run) => <RunRow run={runs.current(run)} flowName={flows.name(run.workflowId)} />}
            onEnd={runs.more}
          />
        </div>
      )}
    </div>
  );
}

function Count({ runs, onShowNewer }: { runs: Runs; onShowNewer(): void }) {
  const { t } = useTranslation('runs');
  const count = runs.rows.length;
  const number = whole(runs.newer);
  return (
    <div className={styles.count}>
      <p role="status">
        {count > 0 && t(runs.complete ? 'list.all' : 'list.soFar', { count, number: whole(count) })}
        {runs.loadingMore && ` ${t('list.more')}`}
      </p>
      <span aria-live="polite">
        {runs.newer > 0 && (
          <Button primary onClick={onShowNewer}>
            {t(runs.manyNewer ? 'list.manyNewer' : 'list.newer', { count: runs.newer, number })}
          </Button>
        )}
      </span>
    </div>
  );
}

function Nothing({ filters, onChange }: { filters: RunFilters; onChange(filters: RunFilters): void }) {
  const { t } = useTranslation('runs');
  const other = filters.mode === 'test' ? undefined : 'test';
  return (
    <Note title={t(narrowed(filters) > 0 ? 'list.none' : 'list.empty')}>
      <p>{t(narrowed(filters) > 0 ? 'list.none.hint' : 'list.empty.hint')}</p>
      <div className={styles.ways}>
        <Button onClick={() => onChange({ ...filters, mode: other })}>
          {t(other === 'test' ? 'list.lookInTest' : 'list.lookInLive')}
        </Button>
        {narrowed(filters) > 0 ? (
          <Button onClick={() => onChange({ mode: filters.mode })}>{t('search.clear')}</Button>
        ) : (
          <LinkButton href="/">{t('list.first')}</LinkButton>
        )}
      </div>
    </Note>
  );
}
