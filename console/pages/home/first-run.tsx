import { useTranslation } from 'react-i18next';
import { useDefinition } from '../../client/definition';
import { useRun } from '../../client/run';
import { useRights } from '../../client/session';
import { LinkButton } from '../../parts/button';
import { Loading } from '../../parts/loading';
import { Card } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { Status } from '../../parts/status';
import { RunTimeline } from '../../parts/timeline';
import { useSentences } from '../../parts/use-sentences';
import styles from './home.module.css';

/** The message that was just sent, as it goes from step to step; and where one goes from here. */
export function FirstRun({ id }: { id: string }) {
  const { t } = useTranslation('home');
  const { summary } = useSentences();
  const { edits } = useRights();
  const { story, error, again } = useRun(id);
  const definition = useDefinition(story?.invocation.workflowId, story?.invocation.flowVersion);
  return (
    <Card title={t('run.title')}>
      {error && <ProblemNote error={error} onRetry={again} />}
      {!story && !error && <Loading />}
      {story && (
        <>
          <div className={styles.standing}>
            <Status status={story.invocation.status} />
            <p role="status">{summary(story)}</p>
          </div>
          <RunTimeline story={story} label={summary(story)} definition={definition} />
        </>
      )}
      <div className={styles.ways}>
        <LinkButton primary href={`/runs/${id}`}>
          {t('next.run')}
        </LinkButton>
        {edits('flows') && <LinkButton href="/flows/new">{t('next.flow')}</LinkButton>}
        {edits('administration') && <LinkButton href="/settings/provider-accounts">{t('next.provider')}</LinkButton>}
      </div>
    </Card>
  );
}
