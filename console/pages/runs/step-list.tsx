import { useTranslation } from 'react-i18next';
import type { Story, Verdict } from '../../../schemas/story';
import { clockTime, duration, money, whole } from '../../parts/amounts';
import { Badge, type Tone } from '../../parts/note';
import { Status } from '../../parts/status';
import { useSentences } from '../../parts/use-sentences';
import styles from './run.module.css';

const TONES: Record<Verdict['outcome'], Tone> = {
  pending: 'plain',
  waiting: 'wait',
  succeeded: 'good',
  late: 'late',
  failed: 'bad',
  timed_out: 'bad',
  skipped: 'plain',
  dropped: 'plain',
  unused: 'plain',
};

/** The timeline in words: each step, what came of it and why, and its attempts. */
export function StepList({ story }: { story: Story }) {
  const { t } = useTranslation(['runs', 'vocabulary']);
  const { step } = useSentences();
  return (
    <ol className={styles.steps}>
      {story.verdicts.map((verdict) => (
        <li key={verdict.step}>
          <div className={styles.standing}>
            <h3>{verdict.step}</h3>
            <span className={styles.soft}>
              {verdict.channel ? t(`vocabulary:channel.${verdict.channel}`) : t('steps.parallel')}
            </span>
            <Badge tone={TONES[verdict.outcome]}>{t(`outcome.${verdict.outcome}`)}</Badge>
          </div>
          <p>{step(story, verdict)}</p>
          <Attempts story={story} step={verdict.step} />
        </li>
      ))}
    </ol>
  );
}

function Attempts({ story, step }: { story: Story; step: string }) {
  const { t } = useTranslation('runs');
  const attempts = story.invocation.attempts.filter((attempt) => attempt.step === step && attempt.attempt > 0);
  if (attempts.length === 0) return null;
  return (
    <ul className={styles.attempts}>
      {attempts.map((attempt) => (
        <li key={attempt.attempt}>
          <span>{t('steps.attempt', { number: whole(attempt.attempt), provider: attempt.provider })}</span>
          <Status status={attempt.status} />
          {attempt.requestedAt && <span>{t('steps.requested', { at: clockTime(attempt.requestedAt) })}</span>}
          {attempt.deadlineAt && <span>{t('steps.deadline', { at: clockTime(attempt.deadlineAt) })}</span>}
          {attempt.latencyMs != null && <span>{t('steps.latency', { time: duration(attempt.latencyMs) })}</span>}
          <span>{money(attempt.costMicros ?? 0, story.invocation.currency ?? 'EUR')}</span>
          {attempt.providerMessageId && <bdi className={styles.id}>{attempt.providerMessageId}</bdi>}
        </li>
      ))}
    </ul>
  );
}
