import { lazy } from 'react';
import { useTranslation } from 'react-i18next';
import { duration, share, whole } from '../../parts/amounts';
import { Card } from '../../parts/page';
import { Table } from '../../parts/table';
import { Tile, Tiles } from '../../parts/tile';
import { AdviceBeside } from './advice-beside';
import type { Latency, LatencyStep } from './answers';
import { Compared } from './compared';
import { latencyComparison } from './comparison';
import { Empty } from './empty';
import type { Filters } from './filters';
import { type Bins, binsOf, slowerThan } from './histogram';
import styles from './latency.module.css';
import { Picture } from './picture';
import { useLatency } from './queries';
import { Report } from './report';
import { useStepName } from './step-name';

const HistogramChart = lazy(() => import('./histogram-chart'));

/** How long messages took, step by step, with the timeout drawn in and what the recorded runs advise beside it. */
export function LatencyView({ filters }: { filters: Filters }) {
  return (
    <Report asked={useLatency(filters)}>
      {(latency) =>
        latency.steps.every(({ counted }) => counted === 0) ? (
          <Empty filters={filters} />
        ) : (
          <LatencyFigures latency={latency} filters={filters} />
        )
      }
    </Report>
  );
}

function LatencyFigures({ latency, filters }: { latency: Latency; filters: Filters }) {
  return (
    <>
      {latency.steps
        .filter(({ channel }) => channel !== null)
        .map((step) => (
          <StepLatency key={step.step} step={step} filters={filters} />
        ))}
      {filters.by && latency.groups && <Compared by={filters.by} comparison={latencyComparison(latency.groups)} />}
    </>
  );
}

function StepLatency({ step, filters }: { step: LatencyStep; filters: Filters }) {
  const { t } = useTranslation('insight');
  const name = useStepName()(step);
  const timeoutMs = step.timeoutSeconds === null ? null : step.timeoutSeconds * 1_000;
  const bins = binsOf(step.histogram, timeoutMs);
  return (
    <Card title={name}>
      <div className={styles.beside}>
        <div className={styles.figures}>
          <Percentiles step={step} />
          {bins ? (
            <Distribution step={step} name={name} bins={bins} timeoutMs={timeoutMs} />
          ) : (
            <p>{t('latency.none')}</p>
          )}
        </div>
        <AdviceBeside filters={filters} step={step.step} />
      </div>
    </Card>
  );
}

function Percentiles({ step: { latencyMs, counted, timeoutSeconds } }: { step: LatencyStep }) {
  const { t } = useTranslation('insight');
  const text = (ms: number | null) => (ms === null ? '–' : duration(ms));
  return (
    <Tiles label={t('latency.percentiles')}>
      <Tile name={t('p50')} value={text(latencyMs.p50)} />
      <Tile name={t('p90')} value={text(latencyMs.p90)} />
      <Tile name={t('p95')} value={text(latencyMs.p95)} />
      <Tile name={t('p99')} value={text(latencyMs.p99)} />
      <Tile
        tone="late"
        name={t('timeout')}
        value={timeoutSeconds === null ? '–' : duration(timeoutSeconds * 1_000)}
        about={t('latency.counted', { count: counted, shown: whole(counted) })}
      />
    </Tiles>
  );
}

function Distribution({
  step,
  name,
  bins,
  timeoutMs,
}: {
  step: LatencyStep;
  name: string;
  bins: Bins;
  timeoutMs: number | null;
}) {
  const { t } = useTranslation('insight');
  const { histogram, counted, latencyMs } = step;
  const slower = timeoutMs === null ? 0 : slowerThan(histogram, timeoutMs);
  const timeout = timeoutMs === null ? null : { ms: timeoutMs, words: t('timeout.at', { time: duration(timeoutMs) }) };
  const lines = [
    { ms: latencyMs.p50, words: 'p50' },
    { ms: latencyMs.p95, words: 'p95' },
  ].flatMap(({ ms, words }) => (ms === null ? [] : [{ ms, words }]));
  const summary = [
    timeout && `${timeout.words}.`,
    t('latency.sentence', {
      half: latencyMs.p50 === null ? '–' : duration(latencyMs.p50),
      most: latencyMs.p95 === null ? '–' : duration(latencyMs.p95),
    }),
    timeout &&
      t('latency.slower', { count: slower, shown: whole(slower), share: share(counted ? slower / counted : 0) }),
  ];
  return (
    <Picture
      label={t('latency.of', { step: name })}
      summary={summary.filter(Boolean).join(' ')}
      height={260}
      chart={
        <HistogramChart
          bins={bins}
          timeout={timeout}
          lines={lines}
          name={t('messages')}
          format={whole}
          time={(ms) => duration(Number(ms.toPrecision(2)))}
        />
      }
      table={<BinTable name={name} bins={bins} counted={counted} />}
    />
  );
}

function BinTable({ name, bins, counted }: { name: string; bins: Bins; counted: number }) {
  const { t } = useTranslation('insight');
  let passed = 0;
  const rows = bins.bins
    .filter(({ count }) => count > 0)
    .map((bin) => {
      passed += bin.count;
      return { ...bin, within: counted ? passed / counted : 0 };
    });
  return (
    <Table
      caption={t('latency.of', { step: name })}
      rows={rows}
      rowKey={({ fromMs }) => String(fromMs)}
      columns={[
        { name: t('latency.longerThan'), numeric: true, cell: ({ fromMs }) => duration(fromMs) },
        { name: t('latency.upTo'), numeric: true, cell: ({ toMs }) => duration(toMs) },
        { name: t('messages'), numeric: true, cell: ({ count }) => whole(count) },
        { name: t('latency.within'), numeric: true, cell: ({ within }) => share(within) },
      ]}
    />
  );
}
