import { useQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api } from '../../client/api';
import { Checkbox } from '../../parts/field';
import { Group } from '../../parts/form';
import { Loading } from '../../parts/loading';
import { ProblemNote } from '../../parts/problem-note';
import { WHOLE } from './pages-of';
import styles from './settings.module.css';

/** Flows by their workflow IDs; none chosen: all of them. */
export function FlowChoice({ chosen, onChange }: { chosen: readonly string[]; onChange(chosen: string[]): void }) {
  const { t } = useTranslation('settings');
  const { data, error, refetch } = useQuery({
    queryKey: ['flows', 'choice'],
    queryFn: ({ signal }) => answer(api.GET('/v1/flows', { params: { query: { limit: WHOLE } }, signal })),
  });
  return (
    <Group legend={t('key.flows')}>
      <p className={styles.soft}>{t('key.flows.hint')}</p>
      {error && !data && <ProblemNote error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Loading lines={2} />}
      <div className={styles.types}>
        {data?.items.map(({ workflowId, name }) => (
          <Checkbox
            key={workflowId}
            label={`${name} (${workflowId})`}
            checked={chosen.includes(workflowId)}
            onChange={(on) => onChange(on ? [...chosen, workflowId] : chosen.filter((one) => one !== workflowId))}
          />
        ))}
      </div>
    </Group>
  );
}
