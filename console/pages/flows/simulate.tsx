import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useParams, useSearchParams } from 'wouter';
import type { FlowDefinition } from '../../../schemas/flow';
import { asDefinition } from '../../client/definition';
import { whole } from '../../parts/amounts';
import { CopyButton } from '../../parts/copy';
import { Select, TextField } from '../../parts/field';
import { isolated } from '../../parts/isolated';
import { Loading } from '../../parts/loading';
import { Card, Page } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { sendsOf } from './flow-steps';
import { FlowTabs } from './flow-tabs';
import { outcomesText, readOutcomes } from './outcomes';
import styles from './simulate.module.css';
import { hereAndNow, SimulationPlayer } from './simulation-player';
import { flowQuery, versionQuery, versionsQuery } from './trial-queries';
import { TryInSandbox } from './try-in-sandbox';

/** One flow on a virtual clock. What is chosen stands in the address, so that a simulation can be shared. */
export default function Simulate() {
  const { t } = useTranslation('trial');
  const { id = '' } = useParams<{ id: string }>();
  const [search, setSearch] = useSearchParams();
  const flow = useQuery(flowQuery(id));
  const version = versionIn(search.get('version'));
  const versioned = useQuery({ ...versionQuery(id, version ?? 1), enabled: version !== null });
  const { error } = flow.error ? flow : versioned;
  const definition = version === null ? flow.data && asDefinition(flow.data.draft) : versioned.data;
  const choose = (name: string, value: string) =>
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  return (
    <Page
      title={flow.data ? t('simulate.title', { name: isolated(flow.data.name) }) : t('tab.simulate')}
      about={t('simulate.about')}
      actions={<CopyButton text={window.location.href}>{t('simulate.share')}</CopyButton>}
    >
      {flow.data && <FlowTabs flowId={id} workflowId={flow.data.workflowId} current="simulate" />}
      {error !== null && (
        <ProblemNote error={error} onRetry={() => void Promise.all([flow.refetch(), version && versioned.refetch()])} />
      )}
      {definition && flow.data && (
        <Chosen flow={flow.data} definition={definition} version={version} search={search} onChoose={choose} />
      )}
      {!definition && error === null && <Loading lines={6} />}
    </Page>
  );
}

function versionIn(text: string | null): number | null {
  return text !== null && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

function Chosen({
  flow,
  definition,
  version,
  search,
  onChoose,
}: {
  flow: { id: string; workflowId: string; publishedVersion: number | null };
  definition: FlowDefinition;
  version: number | null;
  search: URLSearchParams;
  onChoose(name: string, value: string): void;
}) {
  const { t } = useTranslation('trial');
  const text = search.get('outcomes') ?? '';
  const outcomes = useMemo(
    () =>
      readOutcomes(
        text,
        sendsOf(definition).map(({ name }) => name),
      ),
    [text, definition],
  );
  const start = search.get('start') ?? '';
  const startAt = Number.isNaN(Date.parse(start)) ? null : new Date(start).toISOString();
  const published = flow.publishedVersion;
  return (
    <>
      <div className={styles.subject}>
        <VersionChoice flowId={flow.id} version={version} onChoose={(chosen) => onChoose('version', chosen)} />
        {definition.quietHours && (
          <TextField
            type="datetime-local"
            label={t('simulate.start')}
            hint={t('simulate.start.hint', { from: definition.quietHours.from, to: definition.quietHours.to })}
            value={start}
            onChange={(value) => onChoose('start', value)}
          />
        )}
      </div>
      <Card title={t('simulation')}>
        <SimulationPlayer
          flowId={flow.id}
          definition={definition}
          outcomes={outcomes}
          onOutcomes={(chosen) => onChoose('outcomes', outcomesText(chosen))}
          beginning={{ ...hereAndNow(), startAt }}
        />
      </Card>
      {published !== null && (version === null || version === published) && (
        <Card title={t('try.title')}>
          <TryInSandbox flowId={flow.id} workflowId={flow.workflowId} version={published} outcomes={outcomes} />
        </Card>
      )}
    </>
  );
}

function VersionChoice({
  flowId,
  version,
  onChoose,
}: {
  flowId: string;
  version: number | null;
  onChoose(version: string): void;
}) {
  const { t } = useTranslation('trial');
  const { data = [] } = useQuery(versionsQuery(flowId));
  const known = data.map((one) => one.version);
  const numbers = version === null || known.includes(version) ? known : [version, ...known];
  return (
    <Select
      label={t('simulate.of')}
      value={version === null ? '' : String(version)}
      choices={[
        { value: '', words: t('version.draft') },
        ...numbers.map((n) => ({ value: String(n), words: t('version.n', { version: whole(n) }) })),
      ]}
      onChange={onChoose}
    />
  );
}
