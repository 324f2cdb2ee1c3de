import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { duration, money, share, whole } from '../../parts/amounts';
import { Card } from '../../parts/page';
import { Table } from '../../parts/table';
import { Tile, Tiles } from '../../parts/tile';
import type { Funnel, FunnelStep, Invocations } from './answers';
import { Compared } from './compared';
import { funnelComparison } from './comparison';
import { Empty } from './empty';
import type { Filters } from './filters';
import { Picture } from './picture';
import { useFunnel } from './queries';
import { Report } from './report';
import { useStepName } from './step-name';

const BarsChart = lazy(() => import('./bars-chart'));

const part = (count: number, of: number) => (of === 0 ? 0 : count / of);

export function FunnelView({ filters }: { filters: Filters }) {
  return (
    <Report asked={useFunnel(filters)}>
      {(funnel) =>
        (funnel.invocations?.accepted ?? 0) === 0 && (funnel.invocations?.rejected ?? 0) === 0 ? (
          <Empty filters={filters} />
        ) : (
          <FunnelFigures funnel={funnel} filters={filters} />
        )
      }
    </Report>
  );
}

function FunnelFigures({ funnel, filters }: { funnel: Funnel; filters: Filters }) {
  const { t } = useTranslation('insight');
  return (
    <>
      {funnel.invocations && <Headline counts={funnel.invocations} steps={funnel.steps} />}
      <Card title={t('funnel.bySteps')}>
        <Steps steps={funnel.steps} />
      </Card>
      {filters.by && funnel.groups && <Compared by={filters.by} comparison={funnelComparison(funnel.groups)} />}
    </>
  );
}

function Headline({ counts, steps }: { counts: Invocations; steps: readonly FunnelStep[] }) {
  const { t } = useTranslation('insight');
  const { accepted = 0, succeeded = 0, failed = 0, expired = 0, cancelled = 0, running = 0 } = counts;
  const { duplicates = 0, late = 0, rejected = null } = counts;
  const saved = steps.reduce((sum, { savedByFallback }) => sum + savedByFallback, 0);
  const ofRuns = (count: number) => t('ofRuns', { share: share(part(count, accepted)) });
  return (
    <Tiles label={t('headline')}>
      <Tile
        large
        tone="good"
        name={t('saved')}
        value={whole(saved)}
        about={t('saved.about', { share: share(part(saved, accepted)) })}
      />
      <Tile name={t('runs')} value={whole(accepted)} about={t('running', { count: running, shown: whole(running) })} />
      <Tile name={t('succeeded')} value={whole(succeeded)} about={ofRuns(succeeded)} />
      <Tile
        name={t('failed')}
        value={whole(failed + expired)}
        about={t('failed.about', { expired: whole(expired), cancelled: whole(cancelled) })}
      />
      <Tile name={t('late')} value={whole(late)} about={ofRuns(late)} />
      <Tile name={t('duplicates')} value={whole(duplicates)} about={ofRuns(duplicates)} />
      {rejected !== null && <Tile name={t('rejected')} value={whole(rejected)} about={t('rejected.about')} />}
    </Tiles>
  );
}

function useSeries() {
  const { t } = useTranslation('insight');
  return [
    { key: 'attempted', name: t('attempted'), colour: 'var(--line-strong)' },
    { key: 'accepted', name: t('accepted'), colour: 'color-mix(in oklab, var(--accent) 45%, var(--paper))' },
    { key: 'delivered', name: t('delivered'), colour: 'var(--accent)' },
    { key: 'read', name: t('read'), colour: 'var(--good)' },
  ];
}

function Steps({ steps }: { steps: readonly FunnelStep[] }) {
  const { t } = useTranslation('insight');
  const stepName = useStepName();
  const series = useSeries();
  const sent = steps.filter(({ channel }) => channel !== null);
  const rows = sent.map((step) => ({ ...pick(step), name: stepName(step) }));
  const sentences = sent.map((step) =>
    t('funnel.sentence', {
      step: stepName(step),
      attempted: whole(step.attempted),
      accepted: whole(step.accepted),
      delivered: whole(step.delivered),
      share: share(part(step.delivered, step.attempted)),
      read: whole(step.read),
    }),
  );
  return (
    <>
      <Picture
        label={t('funnel.bySteps')}
        summary={sentences.join(' ')}
        height={280}
        chart={<BarsChart rows={rows} series={series} format={whole} />}
        table={
          <Table
            caption={t('funnel.bySteps')}
            rows={rows}
            rowKey={({ name }) => name}
            columns={[
              { name: t('step'), cell: ({ name }) => name },
              ...series.map(({ key, name }) => ({
                name,
                numeric: true,
                cell: (row: (typeof rows)[number]) => whole(Number(row[key as keyof typeof row])),
              })),
            ]}
          />
        }
      />
      <StepTable steps={steps} />
    </>
  );
}

function pick({ attempted, accepted, delivered, read }: FunnelStep) {
  return { attempted, accepted, delivered, read };
}

/** Why each step was left, and what it brought. */
function StepTable({ steps }: { steps: readonly FunnelStep[] }) {
  const { t } = useTranslation('insight');
  const stepName = useStepName();
  const count = (name: string, of: (step: FunnelStep) => number) => ({
    name,
    numeric: true,
    cell: (step: FunnelStep) => whole(of(step)),
  });
  return (
    <Table
      caption={t('funnel.table')}
      rows={steps}
      rowKey={({ step, currency }) => `${step} ${currency}`}
      columns={[
        { name: t('step'), cell: (row) => stepName(row) },
        count(t('saved.short'), ({ savedByFallback }) => savedByFallback),
        count(t('failed'), ({ failed }) => failed),
        count(t('timedOut'), ({ timedOut }) => timedOut),
        count(t('skipped'), ({ skipped }) => skipped),
        count(t('late'), ({ lateDelivered }) => lateDelivered),
        count(t('duplicates'), ({ duplicates }) => duplicates),
        {
          name: t('cost'),
          numeric: true,
          cell: ({ costMicros, currency }) => (currency ? money(costMicros, currency) : '–'),
        },
        {
          name: t('billedTwice'),
          numeric: true,
          cell: ({ costTwiceMicros, currency }) => (currency ? money(costTwiceMicros, currency) : '–'),
        },
        {
          name: t('p95'),
          numeric: true,
          cell: ({ latencyMs }) => (latencyMs.p95 === null ? '–' : duration(latencyMs.p95)),
        },
      ]}
    />
  );
}
