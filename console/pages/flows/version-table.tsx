import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { MODES, type Mode } from '../../../schemas/vocabulary';
import { answer, api, type Schemas } from '../../client/api';
import { useRights } from '../../client/session';
import { Time, whole } from '../../parts/amounts';
import { Button, LinkButton } from '../../parts/button';
import { Confirm } from '../../parts/dialog';
import { isolated } from '../../parts/isolated';
import { Badge } from '../../parts/note';
import { type Column, Table } from '../../parts/table';
import { toast } from '../../parts/toasts';
import styles from './versions.module.css';

type Flow = Schemas['Flow'];
type Version = Schemas['FlowVersion'];

/** The versions, newest first, with what runs on each and the way back to it. */
export function VersionTable({ flow, versions }: { flow: Flow; versions: readonly Version[] }) {
  const { t } = useTranslation('trial');
  const { edits, sees } = useRights();
  const columns: Column<Version>[] = [
    { name: t('versions.version'), cell: (version) => <Name flow={flow} version={version} /> },
    { name: t('versions.when'), cell: ({ publishedAt }) => <Time at={publishedAt} /> },
    ...(sees('invocations')
      ? [{ name: t('versions.running'), cell: ({ version }: Version) => <Running flow={flow} version={version} /> }]
      : []),
    {
      name: t('versions.actions'),
      cell: ({ version }) => (
        <div className={styles.actions}>
          <Link href={`/flows/${flow.id}/simulate?version=${version}`}>{t('tab.simulate')}</Link>
          {edits('flows') && version !== flow.publishedVersion && <RollBack flow={flow} version={version} />}
        </div>
      ),
    },
  ];
  return (
    <Table
      caption={t('versions.all')}
      columns={columns}
      rows={versions}
      rowKey={({ version }) => String(version)}
      empty={
        <>
          <p>{t('versions.none')}</p>
          <LinkButton href={`/flows/${flow.id}`}>{t('versions.toDesign')}</LinkButton>
        </>
      }
    />
  );
}

function Name({ flow, version: { version, rollbackOf } }: { flow: Flow; version: Version }) {
  const { t } = useTranslation('trial');
  return (
    <div className={styles.version}>
      <strong>{t('version.n', { version: whole(version) })}</strong>
      {version === flow.publishedVersion && <Badge tone="good">{t('versions.published')}</Badge>}
      {rollbackOf !== null && <span>{t('versions.rollbackOf', { version: whole(rollbackOf) })}</span>}
    </div>
  );
}

/** One page of a list is asked for: beyond it the count is told as “at least”. */
const COUNTED_MOST = 200;

/** Of all versions at once, so that it is one question a mode however many versions there are. */
function useRunning(flow: Flow, mode: Mode) {
  return useQuery({
    queryKey: ['flows', flow.id, 'running', mode],
    queryFn: async ({ signal }) => {
      const query = { workflowId: flow.workflowId, status: 'running', mode, limit: COUNTED_MOST } as const;
      const { items, nextCursor } = await answer(api.GET('/v1/invocations', { params: { query }, signal }));
      return { versions: items.map(({ flowVersion }) => flowVersion), more: nextCursor !== null };
    },
    refetchInterval: 10_000,
  });
}

function Running({ flow, version }: { flow: Flow; version: number }) {
  return (
    <div className={styles.version}>
      {MODES.map((mode) => (
        <RunningIn key={mode} flow={flow} version={version} mode={mode} />
      ))}
    </div>
  );
}

function RunningIn({ flow, version, mode }: { flow: Flow; version: number; mode: Mode }) {
  const { t } = useTranslation('trial');
  const { data, error } = useRunning(flow, mode);
  if (error && !data) return <span>{t('versions.unknown')}</span>;
  if (!data) return <span>…</span>;
  const count = data.versions.filter((one) => one === version).length;
  // Nobody has to read of tests that do not run.
  if (mode === 'test' && count === 0 && !data.more) return null;
  const words = t(`versions.running.${mode}`, {
    runs: data.more ? t('versions.atLeast', { runs: whole(count) }) : whole(count),
  });
  const search = new URLSearchParams({ workflowId: flow.workflowId, version: String(version), status: 'running' });
  if (mode === 'test') search.set('mode', mode);
  return <Link href={`/runs?${search}`}>{words}</Link>;
}

function RollBack({ flow, version }: { flow: Flow; version: number }) {
  const { t } = useTranslation('trial');
  const n = whole(version);
  const next = whole(flow.latestVersion + 1);
  return (
    <Asked
      flow={flow}
      words={t('rollback')}
      label={t('rollback.to', { version: n })}
      done={t('rollback.done', { version: n, next })}
      act={(params) => api.POST('/v1/flows/{id}/publish', { params, body: { version } })}
    >
      <p>{t('rollback.means', { version: n, next })}</p>
      <p>{t('rollback.keeps')}</p>
    </Asked>
  );
}

export function Unpublish({ flow }: { flow: Flow }) {
  const { t } = useTranslation('trial');
  return (
    <Asked
      flow={flow}
      words={t('unpublish')}
      label={t('unpublish')}
      done={t('unpublish.done')}
      act={(params) => api.POST('/v1/flows/{id}/unpublish', { params, body: {} })}
    >
      <p>{t('unpublish.means', { name: isolated(flow.name) })}</p>
      <p>{t('unpublish.keeps')}</p>
    </Asked>
  );
}

/** A button that asks first and says what it means; afterwards the flow is had anew. */
function Asked({
  flow,
  words,
  label,
  done,
  act,
  children,
}: {
  flow: Flow;
  words: string;
  /** The whole of it, as the dialog says it. */
  label: string;
  done: string;
  act(params: { path: { id: string } }): Promise<unknown>;
  children: ReactNode;
}) {
  const [asking, setAsking] = useState(false);
  const client = useQueryClient();
  const confirm = async () => {
    await act({ path: { id: flow.id } });
    await client.invalidateQueries({ queryKey: ['flows'] });
    toast(done);
  };
  return (
    <>
      <Button aria-label={label} onClick={() => setAsking(true)}>
        {words}
      </Button>
      {asking && (
        <Confirm title={label} action={label} onConfirm={confirm} onClose={() => setAsking(false)}>
          {children}
        </Confirm>
      )}
    </>
  );
}
