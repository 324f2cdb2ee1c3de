import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useRights } from '../../client/session';
import { Note } from '../../parts/note';
import { Page } from '../../parts/page';
import { SavedViews } from '../../parts/saved-views';
import { Tabs } from '../../parts/tabs';
import { AdviceView } from './advice';
import { CostView } from './cost';
import { Exports } from './exports';
import { FailuresView } from './failures';
import { FilterBar } from './filter-bar';
import { type Filters, pathOf, searchOf, useFilters, VIEWS, type View } from './filters';
import { FunnelView } from './funnel';
import { LateView } from './late';
import { LatencyView } from './latency';

const OF_VIEW: Record<View, (given: { filters: Filters }) => ReactNode> = {
  funnel: FunnelView,
  latency: LatencyView,
  cost: CostView,
  failures: FailuresView,
  late: LateView,
  advice: AdviceView,
};

/** What became of the runs of a time: how many got where, how long it took, what it cost, why it failed. */
export default function Analytics() {
  const { t } = useTranslation('insight');
  const { sees } = useRights();
  const { filters, change } = useFilters();
  const Shown = OF_VIEW[filters.view];
  if (!sees('analytics')) {
    return (
      <Page title={t('analytics')}>
        <Note tone="wait" title={t('noRight')} />
      </Page>
    );
  }
  return (
    <Page title={t('analytics')} about={t('analytics.about')}>
      <SavedViews page="analytics" search={searchOf(filters)} />
      <FilterBar filters={filters} change={change} />
      <Tabs
        label={t('views.nav')}
        tabs={VIEWS.map((view) => ({
          href: pathOf({ ...filters, view }),
          words: t(`view.${view}`),
          current: view === filters.view,
        }))}
      />
      <Shown filters={filters} />
      <Exports filters={filters} />
    </Page>
  );
}
