import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import type { Reason } from '../../../schemas/vocabulary';
import { share, whole } from '../../parts/amounts';
import { Card } from '../../parts/page';
import { Table } from '../../parts/table';
import type { FailureStep, Failures } from './answers';
import type { BarsRow } from './bars-chart';
import { colourAt } from './chart-look';
import { Compared } from './compared';
import { failuresComparison } from './comparison';
import { Empty } from './empty';
import type { Filters } from './filters';
import { Picture } from './picture';
import { useFailures } from './queries';
import { RejectedView } from './rejected';
import { Report } from './report';
import { useStepName } from './step-name';

const BarsChart = lazy(() => import('./bars-chart'));

/** Why messages did not reach the person, by step and reason, and what was refused at the door. */
export function FailuresView({ filters }: { filters: Filters }) {
  return (
    <>
      <Report asked={useFailures(filters)}>
        {(failures) =>
          failures.steps.every(({ attempted, skipped }) => attempted + skipped === 0) ? (
            <Empty filters={filters} />
          ) : (
            <FailureFigures failures={failures} filters={filters} />
          )
        }
      </Report>
      <RejectedView filters={filters} />
    </>
  );
}

function FailureFigures({ failures, filters }: { failures: Failures; filters: Filters }) {
  const { t } = useTranslation('insight');
  const found = failures.steps.some(({ reasons }) => reasons.length > 0);
  return (
    <>
      <Card title={t('failures.title')}>
        {found ? <Reasons steps={failures.steps} /> : <p>{t('failures.none')}</p>}
      </Card>
      {filters.by && failures.groups && <Compared by={filters.by} comparison={failuresComparison(failures.groups)} />}
    </>
  );
}

interface OfReason {
  reason: Reason;
  total: number;
  byStep: Map<string, number>;
}

/** The most frequent first. */
function byReason(steps: readonly FailureStep[]): OfReason[] {
  const found = new Map<Reason, OfReason>();
  for (const { step, reasons } of steps) {
    for (const { reason, count } of reasons) {
      const one = found.get(reason) ?? { reason, total: 0, byStep: new Map() };
      one.total += count;
      one.byStep.set(step, (one.byStep.get(step) ?? 0) + count);
      found.set(reason, one);
    }
  }
  return [...found.values()].sort((a, b) => b.total - a.total);
}

function Reasons({ steps }: { steps: readonly FailureStep[] }) {
  const { t } = useTranslation(['insight', 'vocabulary']);
  const stepName = useStepName();
  const reasons = byReason(steps);
  const named = (reason: Reason) => t(`vocabulary:reason.${reason}`);
  const total = reasons.reduce((sum, one) => sum + one.total, 0);
  const failing = steps.filter((step) => step.reasons.length > 0);
  const rows = reasons.map(
    ({ reason, byStep }): BarsRow => ({
      name: named(reason),
      ...Object.fromEntries(failing.map(({ step }) => [step, byStep.get(step) ?? 0])),
    }),
  );
  const first = reasons[0];
  const table = failing.flatMap((step) => step.reasons.map((one) => ({ step, ...one })));
  return (
    <Picture
      label={t('failures.title')}
      summary={
        first
          ? t('failures.sentence', {
              count: total,
              shown: whole(total),
              reason: named(first.reason),
              share: share(first.total / total),
            })
          : ''
      }
      height={Math.max(140, 60 + reasons.length * 34)}
      chart={
        <BarsChart
          lying
          stacked
          rows={rows}
          series={failing.map((step, at) => ({ key: step.step, name: stepName(step), colour: colourAt(at) }))}
          format={whole}
        />
      }
      table={
        <Table
          caption={t('failures.title')}
          rows={table}
          rowKey={({ step, reason }) => `${step.step} ${reason}`}
          columns={[
            { name: t('step'), cell: ({ step }) => stepName(step) },
            { name: t('reason'), cell: ({ reason }) => named(reason) },
            { name: t('messages'), numeric: true, cell: ({ count }) => whole(count) },
            {
              name: t('failures.share'),
              numeric: true,
              cell: ({ share: ofAll }) => (ofAll === null ? '–' : share(ofAll)),
            },
          ]}
        />
      }
    />
  );
}
