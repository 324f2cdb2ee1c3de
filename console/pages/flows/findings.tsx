import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { FlowDefinition } from '../../../schemas/flow';
import type { Schemas } from '../../client/api';
import { whole } from '../../parts/amounts';
import { Loading } from '../../parts/loading';
import { Badge } from '../../parts/note';
import { ProblemNote } from '../../parts/problem-note';
import styles from './findings.module.css';
import { lintQuery } from './trial-queries';

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
      {findings.map(({ level, rule, pointer, message, hint }) => (
        <li key={rule + pointer + message}>
          <Badge tone={level === 'error' ? 'bad' : 'wait'}>{t(`findings.${level}`)}</Badge>
          {/* The linter speaks English. */}
          <div lang="en" dir="ltr">
            <p>{message}</p>
            {hint && <p className={styles.hint}>{hint}</p>}
            <code className={styles.hint}>{pointer || '/'}</code>
          </div>
        </li>
      ))}
    </ul>
  );
}
