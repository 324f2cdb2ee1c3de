import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { type FlowDefinition, isParallel } from '../../../schemas/flow';
import type { Schemas } from '../../client/api';
import { duration, money, share, whole } from '../../parts/amounts';
import { Loading } from '../../parts/loading';
import { Card } from '../../parts/page';
import { ProblemNote } from '../../parts/problem-note';
import { lintQuery, replayQuery } from './trial-queries';
import styles from './worst-case.module.css';

/** Fewer runs say nothing of a mean. */
const ENOUGH_RUNS = 30;

/** The most that a run can cost and take, the least, and what runs like the recorded ones cost. */
export function WorstCase({ flow, definition }: { flow: Schemas['Flow']; definition: FlowDefinition }) {
  const { t } = useTranslation('trial');
  const linted = useQuery(lintQuery(flow.id, definition));
  const first = useQuery(lintQuery(flow.id, firstRungOf(definition)));
  const worst = linted.data?.worstCase;
  const least = first.data?.worstCase;
  return (
    <Card title={t('worst')}>
      {linted.error && <ProblemNote error={linted.error} onRetry={() => void linted.refetch()} />}
      {!linted.data && !linted.error && <Loading />}
      {worst && (
        <dl className={styles.figures}>
          <Figure
            name={t('worst.cost')}
            value={money(worst.costMicros, worst.currency)}
            about={t('worst.cost.about')}
          />
          <Figure name={t('worst.time')} value={duration(worst.seconds * 1000)} about={t('worst.time.about')} />
          {least && (
            <Figure
              name={t('least.cost')}
              value={money(least.costMicros, least.currency)}
              about={t('least.cost.about')}
            />
          )}
          <Expected flow={flow} definition={definition} />
        </dl>
      )}
      {linted.data && !worst && <p>{t('worst.unknown')}</p>}
    </Card>
  );
}

/** What is sent to everybody: the first step; of branches at once, the first step of each. */
function firstRungOf(definition: FlowDefinition): FlowDefinition {
  const { budget: _budget, ...rest } = definition;
  const [first] = definition.steps;
  if (!first) return definition;
  const cut = isParallel(first) ? { ...first, parallel: first.parallel.map((branch) => branch.slice(0, 1)) } : first;
  return { ...rest, steps: [cut] };
}

function Expected({ flow, definition }: { flow: Schemas['Flow']; definition: FlowDefinition }) {
  const { t } = useTranslation('trial');
  // Whose runs are played is the published version: without one there are none to ask for.
  const enabled = flow.publishedVersion !== null;
  const { data, error } = useQuery({ ...replayQuery(flow.id, definition), enabled });
  // While the recorded runs cannot be read the rest is shown all the same.
  if (error || (enabled && data === undefined)) return null;
  const draft = data?.draft;
  if (!draft || draft.runs < ENOUGH_RUNS) {
    return <Figure name={t('expected.cost')} value="—" about={t('expected.none', { runs: whole(draft?.runs ?? 0) })} />;
  }
  return (
    <Figure
      name={t('expected.cost')}
      value={money(draft.costMicros, draft.currency)}
      about={t('expected.about', {
        runs: whole(draft.runs),
        reach: share(draft.reach),
        twice: share(draft.duplicates),
      })}
    />
  );
}

function Figure({ name, value, about }: { name: string; value: string; about: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd className={styles.value}>{value}</dd>
      <dd className={styles.about}>{about}</dd>
    </div>
  );
}
