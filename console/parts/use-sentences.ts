import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { Story, Verdict } from '../../schemas/story';
import type { AttemptStatus, Reason } from '../../schemas/vocabulary';
import { clockTime, money } from './amounts';
import { type Clause, clausesOf } from './told';

interface Sentences {
  /** What came of the step and why the ladder went on. */
  step(story: Story, verdict: Verdict): string;
  /** The run in one sentence. */
  summary(story: Story): string;
}

/** A name as it stands within a sentence; one that is all capitals stays so. */
function inText(name: string): string {
  return `${name[0]?.toLocaleLowerCase() ?? ''}${name.slice(1)}`;
}

/** In the viewer's language and zone; the API's own sentences are English, and in UTC. */
export function useSentences(): Sentences {
  const { t } = useTranslation(['runs', 'vocabulary']);
  const clause = useCallback(
    (story: Story, given: Clause): string => {
      const currency = story.invocation.currency ?? 'EUR';
      const code = given.code === undefined ? '' : ` (${given.code})`;
      return t(`told.${given.key}`, {
        at: given.at === undefined ? '' : clockTime(given.at),
        step: given.step ?? '',
        status: given.status === undefined ? '' : inText(t(`vocabulary:status.${given.status as AttemptStatus}`)),
        reason: `${inText(t(`vocabulary:reason.${(given.reason ?? 'unknown') as Reason}`))}${code}`,
        cost: money(given.needlessMicros ?? given.costMicros ?? 0, currency),
      });
    },
    [t],
  );
  const join = useCallback(
    (clauses: string[]) => {
      const text = clauses.filter(Boolean).join(t('told.join'));
      return text === '' ? '' : `${text[0]?.toLocaleUpperCase() ?? ''}${text.slice(1)}${t('told.end')}`;
    },
    [t],
  );
  const step = useCallback(
    (story: Story, verdict: Verdict) => join(clausesOf(story, verdict).map((one) => clause(story, one))),
    [join, clause],
  );
  const summary = useCallback(
    (story: Story) => {
      const { invocation } = story;
      const { status, reachedChannel, costMicros = 0, costTwiceMicros = 0, currency = 'EUR' } = invocation;
      const at = clockTime(invocation.endedAt ?? invocation.createdAt);
      const waiting = story.verdicts.find(({ outcome, channel }) => outcome === 'waiting' && channel !== null);
      return join([
        t(`summary.${status}`, { at }),
        waiting ? t('summary.waiting', { step: waiting.step }) : '',
        reachedChannel
          ? t('summary.reached', { channel: t(`vocabulary:channel.${reachedChannel}`) })
          : t('summary.nobody'),
        invocation.duplicate ? t('told.twice') : '',
        costMicros > 0 ? t('told.billed', { cost: money(costMicros, currency) }) : t('summary.nothingBilled'),
        costTwiceMicros > 0 ? t('told.needless', { cost: money(costTwiceMicros, currency) }) : '',
      ]);
    },
    [t, join],
  );
  return { step, summary };
}
