import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { answer, api } from '../../../client/api';
import { Confirm } from '../../../parts/dialog';
import { Loading } from '../../../parts/loading';
import { Note } from '../../../parts/note';
import { toast } from '../../../parts/toasts';
import type { Account } from './account';

/** Asks before, and says who needs it. */
export function DeleteAccount({ account, onClose }: { account: Account; onClose(): void }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [, go] = useLocation();
  const params = { path: { id: account.id } };
  const users = useQuery({
    queryKey: ['provider-accounts', account.id, 'flows'],
    queryFn: ({ signal }) => answer(api.GET('/v1/provider-accounts/{id}/flows', { params, signal })),
    staleTime: 0,
  });
  const remove = async () => {
    await api.DELETE('/v1/provider-accounts/{id}', { params });
    void client.invalidateQueries({ queryKey: ['provider-accounts'], exact: true });
    toast(t('deleted', { name: account.name }));
    go('/settings/provider-accounts');
    client.removeQueries({ queryKey: ['provider-accounts', account.id] });
  };
  const needed = users.data?.workflowIds ?? [];
  return (
    <Confirm
      title={t('account.delete.title', { name: account.name })}
      action={t('account.delete')}
      onConfirm={remove}
      onClose={onClose}
    >
      <p>{t('account.delete.hint')}</p>
      {users.isPending && <Loading lines={1} />}
      {users.data && needed.length === 0 && <p>{t('account.unused')}</p>}
      {needed.length > 0 && (
        <Note tone="wait" title={t('account.used', { count: needed.length })}>
          <ul>
            {needed.map((workflowId) => (
              <li key={workflowId}>
                <Link href={`/flows/${workflowId}`}>{workflowId}</Link>
              </li>
            ))}
          </ul>
        </Note>
      )}
    </Confirm>
  );
}
