import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { Recipient } from '../../../schemas/invocation';
import type { Story } from '../../../schemas/story';
import { useFlows } from '../../client/flow-names';
import { money, Time, whole } from '../../parts/amounts';
import { Fact } from '../../parts/fact';
import { Badge } from '../../parts/note';
import { Card } from '../../parts/page';
import { Status } from '../../parts/status';
import { useSentences } from '../../parts/use-sentences';
import styles from './run.module.css';

/** How it stands, in a sentence and in its figures. */
export function RunHead({ story, live }: { story: Story; live: boolean }) {
  const { t } = useTranslation('runs');
  const { summary } = useSentences();
  const { invocation } = story;
  const flows = useFlows();
  const { costMicros = 0, costTwiceMicros = 0, currency = 'EUR', worstCase } = invocation;
  const late = invocation.attempts.some((attempt) => attempt.late);
  const running = invocation.status === 'running';
  return (
    <Card>
      <div className={styles.standing}>
        <Status status={invocation.status} />
        {late && <Badge tone="late">{t('row.late')}</Badge>}
        {invocation.duplicate && <Badge tone="late">{t('row.twice')}</Badge>}
        {invocation.mode === 'test' && <Badge>{t('run.test')}</Badge>}
        {running && <Badge tone={live ? 'accent' : 'plain'}>{t(live ? 'run.live' : 'run.connecting')}</Badge>}
      </div>
      <p className={styles.summary}>{summary(story)}</p>
      <Announcer story={story} />
      <dl className={styles.facts}>
        <Fact name={t('row.flow')}>
          <Link href={`/flows/${invocation.workflowId}`}>{flows.name(invocation.workflowId)}</Link>{' '}
          <small>{t('row.version', { version: whole(invocation.flowVersion) })}</small>
        </Fact>
        <Fact name={t('run.recipient')}>
          <RecipientShown recipient={story.recipient ?? null} />
        </Fact>
        <Fact name={t('run.began')}>
          <Time at={invocation.createdAt} seconds />
        </Fact>
        <Fact name={t('run.ended')}>
          {invocation.endedAt ? <Time at={invocation.endedAt} seconds /> : t('run.notYet')}
        </Fact>
        <Fact name={t('row.cost')}>
          {money(costMicros, currency)}
          {worstCase && <small> {t('run.worstCase', { cost: money(worstCase.costMicros, worstCase.currency) })}</small>}
        </Fact>
        <Fact name={t('run.needless')}>{money(costTwiceMicros, currency)}</Fact>
        <Fact name={t('row.externalId')}>
          <bdi>{invocation.externalId ?? '–'}</bdi>
        </Fact>
        {Object.entries(invocation.metadata ?? {}).map(([name, value]) => (
          <Fact key={name} name={name}>
            <bdi>{String(value)}</bdi>
          </Fact>
        ))}
      </dl>
    </Card>
  );
}

function RecipientShown({ recipient }: { recipient: Recipient | null }) {
  const { t } = useTranslation('runs');
  if (!recipient) return t('run.recipientHidden');
  const { phone, email, id, pushToken, messengerId } = recipient;
  const shown = [phone, email, id, messengerId, pushToken && `${pushToken.slice(0, 12)}…`].filter(Boolean);
  return shown.map((address) => (
    <bdi key={address} className={styles.address}>
      {address}
    </bdi>
  ));
}

/** Tells each change of a step once, to whoever hears the page. */
function Announcer({ story }: { story: Story }) {
  const { step } = useSentences();
  const told = useRef(new Map(story.verdicts.map((verdict) => [verdict.step, verdict.outcome])));
  const [words, setWords] = useState('');
  useEffect(() => {
    const changed = story.verdicts.filter((verdict) => told.current.get(verdict.step) !== verdict.outcome);
    if (changed.length === 0) return;
    told.current = new Map(story.verdicts.map((verdict) => [verdict.step, verdict.outcome]));
    setWords(changed.map((verdict) => `${verdict.step}: ${step(story, verdict)}`).join(' '));
  }, [story, step]);
  return (
    <p className="for-readers-only" role="status" aria-live="polite">
      {words}
    </p>
  );
}
