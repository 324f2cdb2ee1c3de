import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Story, StoryCallback } from '../../../schemas/story';
import { answer, api } from '../../client/api';
import { storyKey } from '../../client/run';
import { useRights } from '../../client/session';
import { clockTime, duration } from '../../parts/amounts';
import { Button } from '../../parts/button';
import { Badge, type Tone } from '../../parts/note';
import { ProblemNote } from '../../parts/problem-note';
import { toast } from '../../parts/toasts';
import styles from './run.module.css';

const TONES: Record<StoryCallback['status'], Tone> = { pending: 'wait', delivered: 'good', failed: 'bad' };

/** What the customer's own systems were told, with every attempt. */
export function Callbacks({ story }: { story: Story }) {
  const { t } = useTranslation('runs');
  const { sees } = useRights();
  if (!sees('flows')) return <p className={styles.soft}>{t('callbacks.hidden')}</p>;
  if (story.callbacks.length === 0) return <p className={styles.soft}>{t('callbacks.none')}</p>;
  return (
    <ol className={styles.receipts}>
      {story.callbacks.map((callback) => (
        <Callback key={callback.id} callback={callback} invocationId={story.invocation.id} />
      ))}
    </ol>
  );
}

function Callback({ callback, invocationId }: { callback: StoryCallback; invocationId: string }) {
  const { t } = useTranslation('runs');
  const { edits } = useRights();
  const client = useQueryClient();
  const [state, setState] = useState<{ busy: boolean; error: unknown }>({ busy: false, error: null });
  const redeliver = async () => {
    setState({ busy: true, error: null });
    try {
      const path = { deliveryId: callback.id };
      await answer(api.POST('/v1/callback-profiles/deliveries/{deliveryId}/redeliver', { params: { path } }));
      toast(t('callbacks.redelivering'));
      await client.invalidateQueries({ queryKey: storyKey(invocationId) });
      setState({ busy: false, error: null });
    } catch (error) {
      setState({ busy: false, error });
    }
  };
  return (
    <li>
      <div className={styles.standing}>
        <time dateTime={callback.createdAt}>{clockTime(callback.createdAt)}</time>
        <code>{callback.type}</code>
        <Badge tone={TONES[callback.status]}>{t(`callback.${callback.status}`)}</Badge>
        <Link href={`/settings/callback-profiles/${callback.profileId}`}>{callback.profileId}</Link>
        {edits('flows') ? (
          <Button busy={state.busy} onClick={() => void redeliver()}>
            {t('callbacks.redeliver')}
          </Button>
        ) : (
          <span className={styles.soft}>{t('callbacks.notYours')}</span>
        )}
      </div>
      {state.error !== null && <ProblemNote error={state.error} onRetry={() => void redeliver()} />}
      <ul className={styles.attempts}>
        {callback.attempts.map((attempt) => (
          <li key={attempt.at}>
            <time dateTime={attempt.at}>{clockTime(attempt.at)}</time>
            <span>{attempt.responseCode ?? t('callbacks.noAnswer')}</span>
            <span>{duration(attempt.durationMs)}</span>
            {attempt.error && <span dir="auto">{attempt.error}</span>}
          </li>
        ))}
      </ul>
    </li>
  );
}
