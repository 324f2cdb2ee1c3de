import { useInfiniteQuery } from '@tanstack/react-query';
import { type ReactNode, useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useSearchParams } from 'wouter';
import { answer, api, type Schemas } from '../../client/api';
import { asDefinition } from '../../client/definition';
import { useRights } from '../../client/session';
import { Time, whole } from '../../parts/amounts';
import { LinkButton } from '../../parts/button';
import { CopyButton } from '../../parts/copy';
import { TextField } from '../../parts/field';
import { Loading } from '../../parts/loading';
import { Badge } from '../../parts/note';
import { Page } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { type Column, More, Table } from '../../parts/table';
import styles from './flow-list.module.css';
import { rungsOf } from './flow-steps';

type Flow = Schemas['Flow'];

export default function FlowList() {
  const { t } = useTranslation('trial');
  const mayEdit = useRights().edits('flows');
  const [search, setSearch] = useSearchParams();
  const name = search.get('name') ?? '';
  const flows = useFlows(name !== '');
  const shown = flows.items.filter((flow) => fits(flow, name));
  const chooseName = (wanted: string) => setSearch(wanted === '' ? {} : { name: wanted }, { replace: true });
  return (
    <Page
      title={t('list.title')}
      about={t('list.about')}
      actions={
        mayEdit && (
          <LinkButton primary href="/flows/new">
            {t('list.new')}
          </LinkButton>
        )
      }
    >
      {!mayEdit && <p className={styles.soft}>{t('readOnly')}</p>}
      <div className={styles.search}>
        <TextField type="search" label={t('list.search')} value={name} onChange={chooseName} />
        <p role="status" className={styles.soft}>
          {flows.items.length > 0 &&
            (flows.busy && name !== ''
              ? t('list.searching')
              : t('list.count', { count: shown.length, shown: whole(shown.length) }))}
        </p>
      </div>
      {flows.error !== null && <ProblemNote error={flows.error} onRetry={flows.retry} />}
      {flows.loading && <Loading lines={6} />}
      {flows.loaded && (
        <FlowTable rows={shown} empty={name !== '' ? <p>{t('list.noneFits')}</p> : <Nothing mayEdit={mayEdit} />} />
      )}
      <More shown={flows.more} busy={flows.busy} onMore={flows.onMore} />
    </Page>
  );
}

/** By a word in the name or the beginning of an ID, whatever the case. */
function fits({ name, workflowId, id }: Flow, wanted: string): boolean {
  const words = wanted.trim().toLocaleLowerCase();
  return (
    name.toLocaleLowerCase().includes(words) ||
    [workflowId, id].some((one) => one.toLocaleLowerCase().startsWith(words))
  );
}

/** Page by page; all of them where one of them is looked for, since the API does not search by name. */
function useFlows(all: boolean) {
  const { data, error, isPending, isFetching, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: ['flows', 'list'],
    queryFn: ({ pageParam, signal }) =>
      answer(api.GET('/v1/flows', { params: { query: { limit: 50, cursor: pageParam } }, signal })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
  useEffect(() => {
    if (all && hasNextPage && !isFetching && error === null) void fetchNextPage();
  }, [all, hasNextPage, isFetching, error, fetchNextPage]);
  return {
    items: data?.pages.flatMap(({ items }) => items) ?? [],
    loaded: data !== undefined,
    loading: isPending && error === null,
    busy: isFetching,
    more: hasNextPage && !all,
    error,
    retry: () => void refetch(),
    onMore: () => void fetchNextPage(),
  };
}

function Nothing({ mayEdit }: { mayEdit: boolean }) {
  const { t } = useTranslation('trial');
  return (
    <div className={styles.nothing}>
      <p>{t('list.empty')}</p>
      {mayEdit && (
        <LinkButton primary href="/flows/new">
          {t('list.first')}
        </LinkButton>
      )}
    </div>
  );
}

function FlowTable({ rows, empty }: { rows: readonly Flow[]; empty: ReactNode }) {
  const { t } = useTranslation(['trial', 'vocabulary']);
  const columns: Column<Flow>[] = [
    {
      name: t('list.name'),
      cell: (flow) => (
        <div className={styles.name}>
          <Link href={`/flows/${flow.id}`}>
            <bdi>{flow.name}</bdi>
          </Link>
          <span className={styles.soft}>{t(`vocabulary:purpose.${flow.draft.purpose}`)}</span>
        </div>
      ),
    },
    { name: t('list.channels'), cell: (flow) => <Channels flow={flow} /> },
    {
      name: t('list.workflowId'),
      cell: ({ workflowId }) => (
        <div className={styles.id}>
          <code dir="ltr">{workflowId}</code>
          <CopyButton text={workflowId}>{t('list.copyId')}</CopyButton>
        </div>
      ),
    },
    { name: t('list.published'), cell: (flow) => <Published flow={flow} /> },
    { name: t('list.changed'), cell: ({ updatedAt }) => <Time at={updatedAt} /> },
    { name: t('list.links'), cell: (flow) => <Links flow={flow} /> },
  ];
  return <Table caption={t('list.title')} columns={columns} rows={rows} rowKey={({ id }) => id} empty={empty} />;
}

function Channels({ flow }: { flow: Flow }) {
  const { t } = useTranslation('vocabulary');
  const rungs = rungsOf(asDefinition(flow.draft));
  return (
    <ol className={styles.channels}>
      {rungs.map((channels, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a rung is its place.
        <li key={n}>{channels.map((channel) => t(`channel.${channel}`)).join(' + ')}</li>
      ))}
    </ol>
  );
}

function Published({ flow: { publishedVersion, latestVersion } }: { flow: Flow }) {
  const { t } = useTranslation('trial');
  const isOut = publishedVersion !== null;
  return (
    <div>
      <Badge tone={isOut ? 'good' : 'plain'}>
        {isOut
          ? t('version.n', { version: whole(publishedVersion) })
          : t(latestVersion > 0 ? 'list.unpublished' : 'list.draftOnly')}
      </Badge>
    </div>
  );
}

function Links({ flow: { id, workflowId, name } }: { flow: Flow }) {
  const { t } = useTranslation('trial');
  const { sees } = useRights();
  const about = encodeURIComponent(workflowId);
  const links = [
    { href: `/flows/${id}/versions`, words: t('tab.versions'), seen: true },
    { href: `/flows/${id}/simulate`, words: t('tab.simulate'), seen: true },
    { href: `/runs?workflowId=${about}`, words: t('tab.runs'), seen: sees('invocations') },
    { href: `/analytics?flow=${about}`, words: t('tab.analytics'), seen: sees('analytics') },
  ];
  return (
    <ul className={styles.links}>
      {links
        .filter(({ seen }) => seen)
        .map(({ href, words }) => (
          <li key={href}>
            <Link href={href} aria-label={t('list.linkOf', { words, name })}>
              {words}
            </Link>
          </li>
        ))}
    </ul>
  );
}
