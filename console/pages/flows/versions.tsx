import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'wouter';
import type { Change } from '../../../core/flow-diff';
import type { FlowDefinition } from '../../../schemas/flow';
import type { Schemas } from '../../client/api';
import { asDefinition } from '../../client/definition';
import { useRights } from '../../client/session';
import { whole } from '../../parts/amounts';
import { Select } from '../../parts/field';
import { isolated } from '../../parts/isolated';
import { Loading } from '../../parts/loading';
import { Card, Page } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { ChangeList } from './change-list';
import { FlowTabs } from './flow-tabs';
import { diffQuery, flowQuery, versionQuery, versionsQuery } from './trial-queries';
import { Unpublish, VersionTable } from './version-table';
import styles from './versions.module.css';

type Flow = Schemas['Flow'];
type Version = Schemas['FlowVersion'];

/** What was published when, what runs on it, what differs, and the way back. */
export default function Versions() {
  const { t } = useTranslation('trial');
  const { id = '' } = useParams<{ id: string }>();
  const flow = useQuery(flowQuery(id));
  const versions = useQuery(versionsQuery(id));
  const mayEdit = useRights().edits('flows');
  const error = flow.error ?? versions.error;
  return (
    <Page
      title={flow.data ? t('versions.title', { name: isolated(flow.data.name) }) : t('tab.versions')}
      about={t('versions.about')}
      actions={flow.data?.publishedVersion != null && mayEdit && <Unpublish flow={flow.data} />}
    >
      {flow.data && <FlowTabs flowId={id} workflowId={flow.data.workflowId} current="versions" />}
      {error !== null && (
        <ProblemNote error={error} onRetry={() => void Promise.all([flow.refetch(), versions.refetch()])} />
      )}
      {flow.data && versions.data && (
        <>
          {!mayEdit && <p>{t('readOnly')}</p>}
          <Card title={t('versions.all')}>
            <VersionTable flow={flow.data} versions={versions.data} />
          </Card>
          <Card title={t('diff')}>
            <Diff flow={flow.data} versions={versions.data} />
          </Card>
        </>
      )}
      {(!flow.data || !versions.data) && error === null && <Loading lines={6} />}
    </Page>
  );
}

/** Two versions, or one and the draft, side by side; which ones stands in the address. */
function Diff({ flow, versions }: { flow: Flow; versions: readonly Version[] }) {
  const { t } = useTranslation('trial');
  const [search, setSearch] = useSearchParams();
  const names = ['draft', ...versions.map(({ version }) => String(version))];
  const chosen = (side: 'from' | 'to', usual: string) => {
    const given = search.get(side) ?? '';
    return names.includes(given) ? given : usual;
  };
  // What is live against what would be next.
  const from = chosen('from', String(flow.publishedVersion ?? flow.latestVersion));
  const to = chosen('to', 'draft');
  const choose = (side: 'from' | 'to') => (name: string) => setSearch({ from, to, [side]: name }, { replace: true });
  if (versions.length === 0) return <p>{t('diff.none')}</p>;
  const words = (name: string) =>
    name === 'draft' ? t('version.draft') : t('version.n', { version: whole(Number(name)) });
  const choices = names.map((name) => ({ value: name, words: words(name) }));
  return (
    <>
      <div className={styles.sides}>
        <Select label={t('diff.from')} value={from} choices={choices} onChange={choose('from')} />
        <Select label={t('diff.to')} value={to} choices={choices} onChange={choose('to')} />
      </div>
      <Changes flow={flow} from={from} to={to} words={words} />
    </>
  );
}

function Changes({ flow, from, to, words }: { flow: Flow; from: string; to: string; words(name: string): string }) {
  const diff = useQuery(diffQuery(flow.id, from, to, flow.updatedAt));
  const before = useDefinition(flow, from);
  const after = useDefinition(flow, to);
  const error = diff.error ?? before.error ?? after.error;
  if (error !== null) {
    return (
      <ProblemNote
        error={error}
        onRetry={() => void Promise.all([diff, before, after].map(({ refetch }) => refetch?.()))}
      />
    );
  }
  if (!diff.data || !before.data || !after.data) return <Loading />;
  return (
    <ChangeList
      // The document says no more of a change than that it is an object.
      changes={diff.data as unknown as Change[]}
      before={{ definition: before.data, words: words(from) }}
      after={{ definition: after.data, words: words(to) }}
    />
  );
}

interface Had {
  data: FlowDefinition | undefined;
  error: Error | null;
  refetch?: () => unknown;
}

function useDefinition(flow: Flow, name: string): Had {
  const version = useQuery({ ...versionQuery(flow.id, Number(name)), enabled: name !== 'draft' });
  return name === 'draft' ? { data: asDefinition(flow.draft), error: null } : version;
}
