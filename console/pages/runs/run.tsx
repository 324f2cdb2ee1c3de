import { useTranslation } from 'react-i18next';
import { Link, useParams } from 'wouter';
import type { FlowDefinition } from '../../../schemas/flow';
import type { Story } from '../../../schemas/story';
import { useDefinition } from '../../client/definition';
import { useRun } from '../../client/run';
import { Loading } from '../../parts/loading';
import { Card, Page } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { RunTimeline } from '../../parts/timeline';
import { useSentences } from '../../parts/use-sentences';
import { Callbacks } from './callbacks';
import { EventList } from './event-list';
import { Receipts } from './receipts';
import styles from './run.module.css';
import { RunActions } from './run-actions';
import { RunHead } from './run-head';
import { StepList } from './step-list';

/** One run: what happened, why, and what can still be done. Live while it goes on. */
export default function Run() {
  const { t } = useTranslation('runs');
  const { id = '' } = useParams<{ id: string }>();
  const { story, error, live, again } = useRun(id);
  const definition = useDefinition(story?.invocation.workflowId, story?.invocation.flowVersion);
  return (
    <Page
      title={t('run.title')}
      about={<bdi className={styles.id}>{id}</bdi>}
      actions={story && <RunActions story={story} definition={definition} />}
    >
      <p>
        <Link href={story?.invocation.mode === 'test' ? '/runs?mode=test' : '/runs'}>{t('run.back')}</Link>
      </p>
      {error && <ProblemNote error={error} onRetry={again} />}
      {story ? <Told story={story} definition={definition} live={live} /> : !error && <Loading lines={8} />}
    </Page>
  );
}

function Told({ story, definition, live }: { story: Story; definition: FlowDefinition | undefined; live: boolean }) {
  const { t } = useTranslation('runs');
  const { summary } = useSentences();
  return (
    <>
      <RunHead story={story} live={live} />
      <Card title={t('timeline.title')}>
        <RunTimeline story={story} label={summary(story)} definition={definition} />
      </Card>
      <Card title={t('steps.title')}>
        <StepList story={story} />
      </Card>
      <Card title={t('callbacks.title')}>
        <Callbacks story={story} />
      </Card>
      <Card title={t('receipts.title')}>
        <Receipts story={story} />
      </Card>
      <Card title={t('events.title')}>
        <EventList story={story} />
      </Card>
    </>
  );
}
