import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import type { InvocationView } from '../../../schemas/invocation';
import { money, Time, whole } from '../../parts/amounts';
import { Badge } from '../../parts/note';
import { Status } from '../../parts/status';
import styles from './run-list.module.css';

/** The names of the columns, for the eye: each row says them itself to those who hear it. */
export function RunRowHead() {
  const { t } = useTranslation('runs');
  return (
    <div className={styles.head} aria-hidden="true">
      <span>{t('row.when')}</span>
      <span>{t('row.flow')}</span>
      <span>{t('row.status')}</span>
      <span>{t('row.reachedBy')}</span>
      <span data-numeric="true">{t('row.cost')}</span>
      <span>{t('row.externalId')}</span>
    </div>
  );
}

/** What support looks for first. The row is one link. */
export const RunRow = memo(function RunRow({ run, flowName }: { run: InvocationView; flowName: string }) {
  const { t } = useTranslation(['runs', 'vocabulary']);
  const late = run.attempts.some((attempt) => attempt.late);
  const { reachedChannel, reachedStep, costTwiceMicros = 0, currency = 'EUR' } = run;
  return (
    <Link href={`/runs/${run.id}`} className={styles.row}>
      <Time at={run.createdAt} seconds />
      <span className={styles.flow} title={run.workflowId}>
        <bdi>{flowName}</bdi> <small>{t('row.version', { version: whole(run.flowVersion) })}</small>
      </span>
      <span className={styles.marks}>
        <Status status={run.status} />
        {late && <Badge tone="late">{t('row.late')}</Badge>}
        {run.duplicate && <Badge tone="late">{t('row.twice')}</Badge>}
      </span>
      <span>
        <span className="for-readers-only">{t('row.reachedBy')} </span>
        {reachedChannel ? t(`vocabulary:channel.${reachedChannel}`) : t('row.nobody')}
        {reachedStep && reachedStep !== reachedChannel && <small> {reachedStep}</small>}
      </span>
      <span data-numeric="true">
        <span className="for-readers-only">{t('row.cost')} </span>
        {money(run.costMicros ?? 0, currency)}
        {costTwiceMicros > 0 && (
          <small className={styles.needless}> {t('row.needless', { cost: money(costTwiceMicros, currency) })}</small>
        )}
      </span>
      <span className={styles.external}>
        <span className="for-readers-only">{t('row.externalId')} </span>
        <bdi>{run.externalId ?? '–'}</bdi>
      </span>
    </Link>
  );
});
