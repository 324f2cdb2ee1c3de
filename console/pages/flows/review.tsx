import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { diffFlows } from '../../../core/flow-diff';
import type { FlowDefinition } from '../../../schemas/flow';
import type { Schemas } from '../../client/api';
import { whole } from '../../parts/amounts';
import { LinkButton } from '../../parts/button';
import { Loading } from '../../parts/loading';
import { Card } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { ChangeList } from './change-list';
import { Findings } from './findings';
import { Invoke } from './invoke';
import { LadderDrawing } from './ladder-drawing';
import { type Outcomes, outcomesText } from './outcomes';
import { Publish } from './publish';
import { SimulationPlayer } from './simulation-player';
import { flowQuery, versionQuery } from './trial-queries';
import { WorstCase } from './worst-case';

/**
 * What somebody looks at before it goes out: the ladder, what it costs and takes at worst, what the linter says, what
 * changes, how it plays; then the way to publish and to invoke it. `definition` is what stands in the wizard, `dirty`
 * says that it is not saved yet, `etag` names the saved draft.
 */
export function Review({
  flowId,
  definition,
  etag,
  dirty,
}: {
  flowId: string;
  definition: FlowDefinition;
  etag: string;
  dirty: boolean;
}) {
  const { t } = useTranslation('trial');
  const { data: flow, error, refetch } = useQuery(flowQuery(flowId));
  const [outcomes, setOutcomes] = useState<Outcomes>({});
  if (!flow) return error ? <ProblemNote error={error} onRetry={() => void refetch()} /> : <Loading lines={6} />;
  return (
    <>
      <Card title={t('ladder')}>
        <LadderDrawing definition={definition} />
      </Card>
      <WorstCase flow={flow} definition={definition} />
      <Card title={t('findings')}>
        <Findings flowId={flowId} definition={definition} />
      </Card>
      <Card title={t('changes')}>
        <ChangesToPublished flow={flow} definition={definition} />
      </Card>
      <Card
        title={t('simulation')}
        actions={
          <LinkButton href={`/flows/${flowId}/simulate?outcomes=${encodeURIComponent(outcomesText(outcomes))}`}>
            {t('simulation.open')}
          </LinkButton>
        }
      >
        <SimulationPlayer flowId={flowId} definition={definition} outcomes={outcomes} onOutcomes={setOutcomes} />
      </Card>
      <Card title={t('publish')}>
        <Publish flow={flow} definition={definition} etag={etag} dirty={dirty} />
      </Card>
      <Card title={t('invoke')}>
        <Invoke flow={flow} outcomes={outcomes} />
      </Card>
    </>
  );
}

function ChangesToPublished({ flow, definition }: { flow: Schemas['Flow']; definition: FlowDefinition }) {
  const { t } = useTranslation('trial');
  const version = flow.publishedVersion;
  const { data, error, refetch } = useQuery({ ...versionQuery(flow.id, version ?? 1), enabled: version !== null });
  if (version === null) return <p>{t(flow.latestVersion > 0 ? 'changes.unpublished' : 'changes.first')}</p>;
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  return (
    <ChangeList
      changes={diffFlows(data, definition)}
      before={{ definition: data, words: t('version.n', { version: whole(version) }) }}
      after={{ definition, words: t('version.draft') }}
    />
  );
}
