import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { money, share, whole } from '../../parts/amounts';
import { Card } from '../../parts/page';
import { Table } from '../../parts/table';
import { Tile, Tiles } from '../../parts/tile';
import type { Cost, Currency } from './answers';
import { Compared } from './compared';
import { costComparison } from './comparison';
import { Empty } from './empty';
import type { Filters } from './filters';
import { countryName } from './group-names';
import { Picture } from './picture';
import { useCost } from './queries';
import { Report } from './report';
import { useStepName } from './step-name';

const BarsChart = lazy(() => import('./bars-chart'));

const part = (amount: number, of: number) => (of === 0 ? 0 : amount / of);

/** What was paid, what was paid twice, and what sending otherwise would have cost; each currency by itself. */
export function CostView({ filters }: { filters: Filters }) {
  return (
    <Report asked={useCost(filters)}>
      {(cost) =>
        cost.currencies.length === 0 ? <Empty filters={filters} /> : <CostFigures cost={cost} filters={filters} />
      }
    </Report>
  );
}

function CostFigures({ cost, filters }: { cost: Cost; filters: Filters }) {
  return (
    <>
      {cost.currencies.map((one) => (
        <OfCurrency key={one.currency} of={one} />
      ))}
      {filters.by && cost.groups && <Compared by={filters.by} comparison={costComparison(cost.groups)} />}
    </>
  );
}

function OfCurrency({ of }: { of: Currency }) {
  const { t } = useTranslation('insight');
  const { costMicros, costTwiceMicros, invocations, allAtOnce, smsOnly } = of;
  // Without one there was nothing to pay.
  const text = (micros: number) => (of.currency ? money(micros, of.currency) : whole(micros));
  return (
    <>
      <Tiles label={t('cost.in', { currency: of.currency ?? '–' })}>
        {allAtOnce && (
          <Tile
            large
            tone={(allAtOnce.savedMicros ?? 0) < 0 ? 'bad' : 'good'}
            name={t('cost.savedAllAtOnce')}
            value={text(allAtOnce.savedMicros ?? 0)}
            about={t('cost.savedShare', {
              share: share(part(allAtOnce.savedMicros ?? 0, allAtOnce.otherwiseMicros ?? 0)),
            })}
          />
        )}
        <Tile
          name={t('cost.paid')}
          value={text(costMicros)}
          about={invocations ? t('cost.perRun', { amount: text(Math.round(costMicros / invocations)) }) : undefined}
        />
        <Tile
          tone={costTwiceMicros > 0 ? 'wait' : 'plain'}
          name={t('billedTwice')}
          value={text(costTwiceMicros)}
          about={t('cost.ofPaid', { share: share(part(costTwiceMicros, costMicros)) })}
        />
        {smsOnly && (
          <Tile
            name={t('cost.savedSmsOnly')}
            value={text(smsOnly.savedMicros ?? 0)}
            about={t((smsOnly.savedMicros ?? 0) < 0 ? 'cost.dearer' : 'cost.cheaper')}
          />
        )}
      </Tiles>
      {(allAtOnce || smsOnly) && <Otherwise of={of} text={text} />}
      <Card title={t('cost.bySteps')}>
        <BySteps of={of} text={text} />
      </Card>
      {of.countries && of.countries.length > 0 && (
        <Card title={t('cost.byCountries')}>
          <ByCountries countries={of.countries} text={text} />
        </Card>
      )}
    </>
  );
}

type Text = (micros: number) => string;

/** The same runs, sent otherwise. */
function Otherwise({ of: { allAtOnce, smsOnly }, text }: { of: Currency; text: Text }) {
  const { t } = useTranslation('insight');
  const rows = [
    allAtOnce && { name: t('cost.allAtOnce'), ...numbers(allAtOnce) },
    smsOnly && { name: t('cost.smsOnly'), ...numbers(smsOnly) },
  ].filter((row) => row !== null);
  const sentences = rows.map(({ name, was, otherwise, saved }) =>
    t(saved < 0 ? 'cost.sentence.dearer' : 'cost.sentence.cheaper', {
      name,
      was: text(was),
      otherwise: text(otherwise),
      saved: text(Math.abs(saved)),
    }),
  );
  const unknown = smsOnly?.unknown ?? 0;
  if (unknown > 0) sentences.push(t('cost.unknown', { count: unknown, shown: whole(unknown) }));
  return (
    <Card title={t('cost.otherwise')}>
      <Picture
        label={t('cost.otherwise')}
        summary={sentences.join(' ')}
        height={260}
        chart={
          <BarsChart
            rows={rows.map(({ name, was, otherwise }) => ({ name, was, otherwise }))}
            series={[
              { key: 'was', name: t('cost.asItWas'), colour: 'var(--accent)' },
              { key: 'otherwise', name: t('cost.wouldBe'), colour: 'var(--line-strong)' },
            ]}
            format={text}
          />
        }
        table={
          <Table
            caption={t('cost.otherwise')}
            rows={rows}
            rowKey={({ name }) => name}
            columns={[
              { name: t('cost.way'), cell: ({ name }) => name },
              { name: t('cost.comparedRuns'), numeric: true, cell: ({ runs }) => whole(runs) },
              { name: t('cost.asItWas'), numeric: true, cell: ({ was }) => text(was) },
              { name: t('cost.wouldBe'), numeric: true, cell: ({ otherwise }) => text(otherwise) },
              { name: t('cost.saved'), numeric: true, cell: ({ saved }) => text(saved) },
            ]}
          />
        }
      />
    </Card>
  );
}

type Compare = NonNullable<Currency['allAtOnce']>;

function numbers({ invocations = 0, costMicros = 0, otherwiseMicros = 0, savedMicros = 0 }: Compare) {
  return { runs: invocations, was: costMicros, otherwise: otherwiseMicros, saved: savedMicros };
}

function BySteps({ of: { steps }, text }: { of: Currency; text: Text }) {
  const { t } = useTranslation('insight');
  const stepName = useStepName();
  return (
    <Table
      caption={t('cost.bySteps')}
      rows={steps}
      rowKey={({ step }) => step}
      columns={[
        { name: t('step'), cell: (row) => stepName(row) },
        { name: t('attempted'), numeric: true, cell: ({ attempted }) => whole(attempted) },
        { name: t('cost.paid'), numeric: true, cell: ({ costMicros }) => text(costMicros) },
        { name: t('billedTwice'), numeric: true, cell: ({ costTwiceMicros }) => text(costTwiceMicros) },
        {
          name: t('cost.share'),
          numeric: true,
          cell: ({ costMicros, costTwiceMicros }) => share(part(costTwiceMicros, costMicros)),
        },
      ]}
    />
  );
}

function ByCountries({ countries, text }: { countries: NonNullable<Currency['countries']>; text: Text }) {
  const { t } = useTranslation('insight');
  return (
    <Table
      caption={t('cost.byCountries')}
      rows={[...countries].sort((a, b) => b.costMicros - a.costMicros)}
      rowKey={({ country }) => String(country)}
      columns={[
        { name: t('country'), cell: ({ country }) => countryName(country, t('country.none')) },
        { name: t('cost.paid'), numeric: true, cell: ({ costMicros }) => text(costMicros) },
        { name: t('billedTwice'), numeric: true, cell: ({ costTwiceMicros }) => text(costTwiceMicros) },
      ]}
    />
  );
}
