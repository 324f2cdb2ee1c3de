import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { answer, api } from '../../client/api';
import { duration, money, Time, whole } from '../../parts/amounts';
import { Disclosure } from '../../parts/disclosure';
import { Loading } from '../../parts/loading';
import { Badge } from '../../parts/note';
import { Card } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { More, Table } from '../../parts/table';
import { Tile, Tiles } from '../../parts/tile';
import type { Late, LateItem } from './answers';
import { Empty } from './empty';
import { askedOf, type Filters, searchOf } from './filters';
import styles from './report.module.css';
import { useStepName } from './step-name';

const PAGE = 50;

/** The late-receipt ledger: every message that came late or twice, with its run. */
export function LateView({ filters }: { filters: Filters }) {
  const { t } = useTranslation('insight');
  const asked = useInfiniteQuery({
    queryKey: ['analytics', 'late', searchOf({ ...filters, view: 'late', by: null })],
    queryFn: ({ pageParam, signal }) => {
      const { channel } = filters;
      const query = {
        ...askedOf(filters),
        limit: PAGE,
        ...(channel && { channel }),
        ...(pageParam && { cursor: pageParam }),
      };
      return answer(api.GET('/v1/analytics/late', { params: { query }, signal }));
    },
    initialPageParam: '',
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
    placeholderData: keepPreviousData,
  });
  const { data, error, refetch, isPlaceholderData, hasNextPage, isFetchingNextPage, fetchNextPage } = asked;
  if (!data) return error ? <ProblemNote error={error} onRetry={() => void refetch()} /> : <Loading lines={5} />;
  const items = data.pages.flatMap((page) => page.items);
  const summary = data.pages[0]?.summary ?? [];
  return (
    <>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      <div className={styles.report} data-earlier={isPlaceholderData} aria-busy={isPlaceholderData}>
        {items.length === 0 ? (
          <NothingLate filters={filters} />
        ) : (
          <>
            <Summary summary={summary} />
            <Card title={t('late.items')}>
              <Items items={items} />
              <More shown={hasNextPage} busy={isFetchingNextPage} onMore={() => void fetchNextPage()} />
            </Card>
          </>
        )}
      </div>
    </>
  );
}

function NothingLate({ filters }: { filters: Filters }) {
  const { t } = useTranslation('insight');
  return (
    <>
      <Card title={t('late.none')}>
        <p>{t('late.none.about')}</p>
      </Card>
      {filters.mode === 'live' && <Empty filters={filters} />}
    </>
  );
}

function Summary({ summary }: { summary: Late['summary'] }) {
  const { t } = useTranslation('insight');
  const stepName = useStepName();
  const sum = (of: (row: Late['summary'][number]) => number) => summary.reduce((total, row) => total + of(row), 0);
  const currencies = [...new Set(summary.map(({ currency }) => currency))];
  const twice = (currency: string) => sum((row) => (row.currency === currency ? row.costTwiceMicros : 0));
  return (
    <>
      <Tiles label={t('headline')}>
        <Tile tone="late" name={t('late.messages')} value={whole(sum(({ late }) => late))} />
        <Tile name={t('late.twice')} value={whole(sum(({ duplicates }) => duplicates))} />
        {currencies.map((currency) => (
          <Tile key={currency} name={t('billedTwice')} value={money(twice(currency), currency)} />
        ))}
      </Tiles>
      <Disclosure title={t('late.byStep')}>
        <Table
          caption={t('late.byStep')}
          rows={summary}
          rowKey={(row) => JSON.stringify([row.workflowId, row.flowVersion, row.step, row.provider, row.currency])}
          columns={[
            { name: t('flow'), cell: ({ workflowId }) => workflowId },
            { name: t('version'), numeric: true, cell: ({ flowVersion }) => whole(flowVersion) },
            { name: t('step'), cell: (row) => stepName(row) },
            { name: t('provider'), cell: ({ provider }) => provider },
            { name: t('late'), numeric: true, cell: ({ late }) => whole(late) },
            { name: t('late.twice'), numeric: true, cell: ({ duplicates }) => whole(duplicates) },
            {
              name: t('billedTwice'),
              numeric: true,
              cell: ({ costTwiceMicros, currency }) => money(costTwiceMicros, currency),
            },
          ]}
        />
      </Disclosure>
    </>
  );
}

function Items({ items }: { items: readonly LateItem[] }) {
  const { t } = useTranslation('insight');
  const stepName = useStepName();
  return (
    <Table
      caption={t('late.items')}
      rows={items}
      rowKey={({ invocationId, step, attempt, providerMessageId }) =>
        `${invocationId} ${step} ${attempt} ${providerMessageId}`
      }
      columns={[
        {
          name: t('run'),
          cell: ({ invocationId }) => <Link href={`/runs/${encodeURIComponent(invocationId)}`}>{invocationId}</Link>,
        },
        {
          name: t('flow'),
          cell: ({ workflowId, flowVersion }) => t('late.flow', { flow: workflowId, version: flowVersion }),
        },
        { name: t('step'), cell: (row) => stepName(row) },
        { name: t('late.receivedAt'), cell: ({ receivedAt }) => (receivedAt ? <Time at={receivedAt} seconds /> : '–') },
        {
          name: t('late.by'),
          numeric: true,
          cell: ({ late, lateByMs }) => (late && lateByMs !== null ? duration(Math.max(lateByMs, 0)) : '–'),
        },
        { name: t('late.what'), cell: (item) => <What item={item} /> },
        {
          name: t('billedTwice'),
          numeric: true,
          cell: ({ costTwiceMicros, currency }) => money(costTwiceMicros, currency),
        },
      ]}
    />
  );
}

function What({ item: { late, duplicate } }: { item: LateItem }) {
  const { t } = useTranslation('insight');
  return (
    <>
      {late && <Badge tone="late">{t('late')}</Badge>} {duplicate && <Badge tone="wait">{t('late.twice.short')}</Badge>}
    </>
  );
}
