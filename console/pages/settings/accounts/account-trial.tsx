import { useMutation } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { answer, api, type Schemas } from '../../../client/api';
import { ApiProblem } from '../../../client/problem';
import { Button } from '../../../parts/button';
import { Note } from '../../../parts/note';
import { ProblemNote } from '../../../parts/problem-note';
import type { Account } from './account';

/** What came of the newest test: the provider's word, or why it could not be asked. */
export interface Tested {
  name: string;
  trial: Schemas['ProviderAccountTrial'] | null;
  error: unknown;
}

export function TestButton({
  account,
  onTested,
}: {
  account: Pick<Account, 'id' | 'name'>;
  onTested(tested: Tested): void;
}) {
  const { t } = useTranslation('settings');
  const { id, name } = account;
  const testing = useMutation({
    mutationFn: () => answer(api.POST('/v1/provider-accounts/{id}/test', { params: { path: { id } } })),
    onSuccess: (trial) => onTested({ name, trial, error: null }),
    onError: (error) => onTested({ name, trial: null, error }),
  });
  return (
    <Button busy={testing.isPending} onClick={() => testing.mutate()} aria-label={t('account.testIt', { name })}>
      {t(testing.isPending ? 'account.testing' : 'account.test')}
    </Button>
  );
}

export function TrialNote({ tested: { name, trial, error } }: { tested: Tested }) {
  const { t } = useTranslation('settings');
  if (!trial) return <ProblemNote error={error ?? new ApiProblem({ status: 0, detail: '' })} />;
  return (
    <Note tone={trial.ok ? 'good' : 'bad'} title={t(trial.ok ? 'account.works' : 'account.fails', { name })}>
      <p>
        {trial.detail} {trial.code && <code>{trial.code}</code>}
      </p>
    </Note>
  );
}
