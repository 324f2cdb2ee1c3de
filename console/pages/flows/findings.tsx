import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { FlowDefinition } from '../../../schemas/flow';
import type { Schemas } from '../../client/api';
import { whole } from '../../parts/amounts';
import { Loading } from '../../parts/loading';
import { Badge } from '../../parts/note';
import { ProblemNote } from '../../parts/problem-note';
import { ENGLISH } from '../../parts/use-core-words';
import styles from './findings.module.css';
import { lintQuery } from './trial-queries';
import { useFindingWords } from './use-finding-words';

/** What the linter says of the definition: errors first, which block publishing. */
export function Findings({ flowId, definition }: { flowId: string; definition: FlowDefinition }) {
  const { t } = useTranslation('trial');
  const { data, error, refetch } = useQuery(lintQuery(flowId, definition));
  if (error) return <ProblemNote error={error} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  const { errors, warnings, findings } = data;
  return (
    <>
      <p>
        {errors > 0 ? t('findings.errors', { count: errors, shown: whole(errors) }) : t('findings.none')}{' '}
        {warnings > 0 && t('findings.warnings', { count: warnings, shown: whole(warnings) })}
      </p>
      <FindingList findings={findings} />
    </>
  );
}

function FindingList({ findings }: { findings: readonly Schemas['Finding'][] }) {
  const { t } = useTranslation('trial');
  return (
    <ul className={styles.findings}>
      {findings.map((finding) => (
        <li key={finding.rule + finding.pointer + finding.message}>
          <Badge tone={finding.level === 'error' ? 'bad' : 'wait'}>{t(`findings.${finding.level}`)}</Badge>
          <FindingText finding={finding} />
        </li>
      ))}
    </ul>
  );
}

function FindingText({ finding }: { finding: Schemas['Finding'] }) {
  const { message, hint, english } = useFindingWords()(finding);
  return (
    <div {...(english && ENGLISH)}>
      <p>{message}</p>
      {hint && <p className={styles.hint}>{hint}</p>}
      <code dir="ltr" className={styles.hint}>
        {finding.pointer || '/'}
      </code>
    </div>
  );
}
