import { lazy, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Grouping } from '../../../schemas/analytics';
import { Button } from '../../parts/button';
import { Select } from '../../parts/field';
import { Card } from '../../parts/page';
import { Table } from '../../parts/table';
import { colourAt } from './chart-look';
import styles from './compared.module.css';
import { type Comparison, differences, type Metric, type MetricKey, nameOfGroup, type Row } from './comparison';
import { useGroupName, useMetricText, useSubjectName } from './group-names';
import { Picture } from './picture';

const TrendChart = lazy(() => import('./trend-chart'));

const SHOWN_ROWS = 50;
const TOLD_GROUPS = 8;

/** Groups beside each other: over time as lines, else against one of them, with what differs said in words. */
export function Compared({ by, comparison }: { by: Grouping; comparison: Comparison }) {
  const { t } = useTranslation('insight');
  const overTime = by === 'hour' || by === 'day';
  return (
    <Card title={t('compared', { by: t(`by.${by}`) })}>
      {comparison.rows.length === 0 ? (
        <p>{t('compared.none')}</p>
      ) : overTime ? (
        <Trend comparison={comparison} />
      ) : (
        <>
          <Words comparison={comparison} />
          <Figures comparison={comparison} />
        </>
      )}
    </Card>
  );
}

/** Each of the others against the one chosen. */
function Words({ comparison: { metrics, rows } }: { comparison: Comparison }) {
  const { t } = useTranslation('insight');
  const groupName = useGroupName();
  const names = [...new Map(rows.map(({ group }) => [nameOfGroup(group), groupName(group)]))];
  const [chosen, choose] = useState<string | null>(null);
  const base = names.some(([key]) => key === chosen) ? chosen : names[0]?.[0];
  if (names.length < 2 || base == null) return <p className={styles.quiet}>{t('compared.one')}</p>;
  const others = rows.filter(({ group }) => nameOfGroup(group) !== base);
  const told = [...others].sort((a, b) => b.count - a.count).slice(0, TOLD_GROUPS);
  return (
    <>
      <div className={styles.against}>
        <Select
          label={t('compared.against')}
          value={base}
          choices={names.map(([value, words]) => ({ value, words }))}
          onChange={choose}
        />
      </div>
      <ul className={styles.words} aria-label={t('compared.words')}>
        {told.map((row) => (
          <Told
            key={nameOfGroup(row.group) + JSON.stringify(row.subject) + row.currency}
            row={row}
            metrics={metrics}
            base={rows.find((one) => nameOfGroup(one.group) === base && sameSubject(one, row))}
          />
        ))}
      </ul>
      <p className={styles.quiet}>{t('compared.chance')}</p>
    </>
  );
}

function sameSubject(one: Row, other: Row): boolean {
  return one.subject?.step === other.subject?.step && one.currency === other.currency;
}

function Told({ row, base, metrics }: { row: Row; base: Row | undefined; metrics: readonly Metric[] }) {
  const { t } = useTranslation('insight');
  const groupName = useGroupName();
  const subjectName = useSubjectName();
  const text = useMetricText();
  const found = base ? differences(metrics, base, row) : 'too_few';
  const name = row.subject ? `${groupName(row.group)}, ${subjectName(row.subject)}` : groupName(row.group);
  const said =
    found === 'too_few'
      ? t('compared.tooFew')
      : found.length === 0
        ? t('compared.same')
        : found
            .map(({ metric, value, base: before }) =>
              t(value > before ? 'compared.more' : 'compared.less', {
                metric: t(`metric.${metric.key}`),
                value: text(metric, value, row.currency),
                base: text(metric, before, row.currency),
              }),
            )
            .join(t('compared.comma'));
  return (
    <li>
      <strong>{name}</strong>: {said}
    </li>
  );
}

function Figures({ comparison: { metrics, rows } }: { comparison: Comparison }) {
  const { t } = useTranslation('insight');
  const [shown, show] = useState(SHOWN_ROWS);
  const groupName = useGroupName();
  const subjectName = useSubjectName();
  const text = useMetricText();
  const withSubject = rows.some(({ subject }) => subject !== null);
  return (
    <>
      <Table
        caption={t('compared.table')}
        rows={rows.slice(0, shown)}
        rowKey={({ group, subject, currency }) => nameOfGroup(group) + JSON.stringify(subject) + currency}
        columns={[
          { name: t('group'), cell: ({ group }) => groupName(group) },
          ...(withSubject
            ? [{ name: t('step'), cell: ({ subject }: Row) => (subject ? subjectName(subject) : '–') }]
            : []),
          ...metrics.map((metric) => ({
            name: t(`metric.${metric.key}`),
            numeric: true,
            cell: ({ values, currency }: Row) => text(metric, values[metric.key] ?? null, currency),
          })),
        ]}
      />
      {rows.length > shown && (
        <div>
          <Button onClick={() => show(shown + SHOWN_ROWS)}>{t('compared.showMore')}</Button>
        </div>
      )}
    </>
  );
}

/** Over time: one metric at a time, a line for each step or for the runs. */
function Trend({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation('insight');
  const { metrics, rows } = comparison;
  const groupName = useGroupName();
  const subjectName = useSubjectName();
  const text = useMetricText();
  const [chosen, choose] = useState<MetricKey | null>(null);
  const metric = metrics.find(({ key }) => key === chosen) ?? metrics[0];
  if (!metric) return null;
  const lineOf = ({ subject, currency }: Row) =>
    [subject ? subjectName(subject) : t(`metric.${metric.key}`), currency].filter(Boolean).join(' · ');
  const lines = [...new Set(rows.map(lineOf))];
  const points = new Map<string, { name: string; [line: string]: string | number }>();
  for (const row of rows) {
    const name = groupName(row.group);
    const point = points.get(name) ?? { name };
    const value = row.values[metric.key];
    if (value != null) point[lineOf(row)] = value;
    points.set(name, point);
  }
  const currency = rows.find((row) => row.currency)?.currency ?? null;
  return (
    <>
      <div className={styles.against}>
        <Select<MetricKey>
          label={t('compared.figure')}
          value={metric.key}
          choices={metrics.map(({ key }) => ({ value: key, words: t(`metric.${key}`) }))}
          onChange={choose}
        />
      </div>
      <Picture
        label={t(`metric.${metric.key}`)}
        summary={t('trend.summary', { count: points.size, metric: t(`metric.${metric.key}`) })}
        height={240}
        chart={
          <TrendChart
            rows={[...points.values()]}
            series={lines.map((line, at) => ({ key: line, name: line, colour: colourAt(at) }))}
            format={(value) => text(metric, value, currency)}
          />
        }
        table={<Figures comparison={comparison} />}
      />
    </>
  );
}
