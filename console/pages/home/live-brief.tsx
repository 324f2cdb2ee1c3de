import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { InvocationView } from '../../../schemas/invocation';
import type { Live } from '../../../schemas/live';
import type { Mode } from '../../../schemas/vocabulary';
import { answer, api } from '../../client/api';
import { useFlows } from '../../client/flow-names';
import { useRights, useSession } from '../../client/session';
import { Time, whole } from '../../parts/amounts';
import { LinkButton } from '../../parts/button';
import { Fact } from '../../parts/fact';
import { Badge } from '../../parts/note';
import { Card } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { Status } from '../../parts/status';
import { Table } from '../../parts/table';
import styles from './home.module.css';

const LOOK_MS = 5_000;

/** What runs now, what came last, what failed, and where to go on. */
export function LiveBrief({
  mode,
  last,
  failed,
}: {
  mode: Mode;
  last: readonly InvocationView[];
  failed: readonly InvocationView[];
}) {
  const { t } = useTranslation('home');
  const { sees, edits } = useRights();
  const sandboxOnly = useSession()?.sandboxOnly === true;
  const suffix = mode === 'test' ? '&mode=test' : '';
  return (
    <>
      {sees('analytics') && <Now mode={mode} />}
      <Card
        title={t('last')}
        actions={<Link href={mode === 'test' ? '/runs?mode=test' : '/runs'}>{t('last.all')}</Link>}
      >
        <RunTable caption={t('last')} runs={last} />
      </Card>
      <Card title={t('failed')} actions={<Link href={`/runs?status=failed${suffix}`}>{t('failed.all')}</Link>}>
        {failed.length === 0 ? <p>{t('failed.none')}</p> : <RunTable caption={t('failed')} runs={failed} />}
      </Card>
      <div className={styles.ways}>
        {edits('invoke') && <LinkButton href="/?mode=test&try=1">{t('next.try')}</LinkButton>}
        {edits('flows') && <LinkButton href="/flows/new">{t('next.flow')}</LinkButton>}
        {sandboxOnly && edits('administration') && (
          <LinkButton href="/settings/provider-accounts">{t('next.provider')}</LinkButton>
        )}
      </div>
    </>
  );
}

/** What another process of the server counts is not known to the one that answers. */
function known(number: number | null, words: (number: number) => string): string {
  return number === null ? '–' : words(number);
}

function Now({ mode }: { mode: Mode }) {
  const { t } = useTranslation('home');
  const { data, error, refetch } = useQuery({
    queryKey: ['live', 'brief', mode],
    queryFn: ({ signal }) => answer(api.GET('/v1/live', { params: { query: { mode } }, signal })),
    refetchInterval: LOOK_MS,
  });
  const rate = (perSecond: number | null) =>
    known(perSecond, (number) => t('now.perSecond', { number: whole(Math.round(number * 10) / 10) }));
  return (
    <Card title={t('now')} actions={<Link href={mode === 'test' ? '/live?mode=test' : '/live'}>{t('now.all')}</Link>}>
      {error && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {data && (
        <dl className={styles.figures}>
          <Fact name={t('now.running')}>{whole(data.running.total)}</Fact>
          <Fact name={t('now.began')}>{rate(data.rates.invocationsPerSecond)}</Fact>
          <Fact name={t('now.ended')}>{rate(data.rates.endedPerSecond)}</Fact>
          <Fact name={t('now.deadLetters')}>{known(data.deadLetters, whole)}</Fact>
          <Fact name={t('now.callbacks')}>{whole(data.callbacks.failing)}</Fact>
          <Fact name={t('now.providers')}>
            <Providers live={data} />
          </Fact>
        </dl>
      )}
    </Card>
  );
}

function Providers({ live }: { live: Live }) {
  const { t } = useTranslation('home');
  // Null: it has none, as the sandbox, or it is another process's.
  const away = live.providers.filter(({ breaker }) => breaker === 'open' || breaker === 'half_open');
  if (away.length === 0) return <Badge tone="good">{t('now.allWell')}</Badge>;
  return away.map(({ provider, account }) => (
    <Badge key={provider + account} tone="bad">
      {provider} {account}
    </Badge>
  ));
}

function RunTable({ caption, runs }: { caption: string; runs: readonly InvocationView[] }) {
  const { t } = useTranslation(['home', 'vocabulary']);
  const flows = useFlows();
  return (
    <Table<InvocationView>
      caption={caption}
      rows={runs}
      rowKey={({ id }) => id}
      columns={[
        {
          name: t('column.when'),
          cell: ({ id, createdAt }) => (
            <Link href={`/runs/${id}`}>
              <Time at={createdAt} seconds />
            </Link>
          ),
        },
        {
          name: t('column.flow'),
          cell: ({ workflowId }) => (
            <span title={workflowId}>
              <bdi>{flows.name(workflowId)}</bdi>
            </span>
          ),
        },
        { name: t('column.status'), cell: ({ status }) => <Status status={status} /> },
        {
          name: t('column.reachedBy'),
          cell: ({ reachedChannel }) => (reachedChannel ? t(`vocabulary:channel.${reachedChannel}`) : '–'),
        },
      ]}
    />
  );
}
