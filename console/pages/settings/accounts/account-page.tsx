import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation } from 'wouter';
import { answer, api } from '../../../client/api';
import { Button } from '../../../parts/button';
import { Code } from '../../../parts/copy';
import { useKept } from '../../../parts/kept';
import { Loading } from '../../../parts/loading';
import { Note } from '../../../parts/note';
import { Card, Page } from '../../../parts/page';
import { ProblemNote } from '../../../parts/problem-note';
import { toast } from '../../../parts/toasts';
import type { Account } from './account';
import { credentialsOf, draftOf, NEW_ACCOUNT, type ProviderKind, settingsOf, type Unreadable } from './account';
import { AccountForm } from './account-form';
import { TestButton, type Tested, TrialNote } from './account-trial';
import { DeleteAccount } from './delete-account';

/** One account, or the one that is to be made: `new`. */
export function AccountPage({ id }: { id: string }) {
  const { t } = useTranslation('settings');
  const isNew = id === 'new';
  const kinds = useQuery({
    queryKey: ['provider-kinds'],
    queryFn: ({ signal }) => answer(api.GET('/v1/provider-kinds', { signal })),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const account = useQuery({
    queryKey: ['provider-accounts', id],
    queryFn: ({ signal }) => answer(api.GET('/v1/provider-accounts/{id}', { params: { path: { id } }, signal })),
    enabled: !isNew,
  });
  const error = kinds.error ?? account.error;
  const back = <Link href="/settings/provider-accounts">{t('accounts.all')}</Link>;
  const title = isNew ? t('account.add') : (account.data?.name ?? id);
  if (!kinds.data || (!isNew && !account.data)) {
    return (
      <Page title={title} about={back}>
        {error ? (
          <ProblemNote error={error} onRetry={() => void Promise.all([kinds.refetch(), account.refetch()])} />
        ) : (
          <Loading />
        )}
      </Page>
    );
  }
  return (
    <Page title={title} about={back}>
      {account.data && <Standing account={account.data} />}
      {account.data?.source === 'environment' ? (
        <Note title={t('account.environment')}>
          <p>{t('account.environment.hint')}</p>
        </Note>
      ) : (
        <Edit key={account.data?.updatedAt ?? id} kinds={kinds.data.items} account={account.data ?? null} />
      )}
    </Page>
  );
}

/** What it is told, and what can be done with it as it stands. */
function Standing({ account }: { account: Account }) {
  const { t } = useTranslation('settings');
  const [tested, setTested] = useState<Tested | null>(null);
  const [deleting, setDeleting] = useState(false);
  return (
    <Card
      title={t('account.standing')}
      actions={
        <>
          <TestButton account={account} onTested={setTested} />
          {account.source === 'api' && (
            <Button danger onClick={() => setDeleting(true)}>
              {t('account.delete')}
            </Button>
          )}
        </>
      }
    >
      <div aria-live="polite">{tested && <TrialNote tested={tested} />}</div>
      {account.webhookUrl ? (
        <>
          <p>{t('account.webhookUrl.hint')}</p>
          <Code text={account.webhookUrl} label={t('account.webhookUrl')} />
        </>
      ) : (
        <p>{t('account.noWebhook.hint')}</p>
      )}
      {deleting && <DeleteAccount account={account} onClose={() => setDeleting(false)} />}
    </Card>
  );
}

function Edit({ kinds, account }: { kinds: readonly ProviderKind[]; account: Account | null }) {
  const { t } = useTranslation('settings');
  const client = useQueryClient();
  const [, go] = useLocation();
  const initial = account ? draftOf(account) : NEW_ACCOUNT;
  const [draft, setDraft, forget] = useKept(
    `onward.account.${account ? `${account.id}.${account.updatedAt}` : 'new'}`,
    initial,
  );
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [unreadable, setUnreadable] = useState<Unreadable>({});
  const kept = account?.credentials ?? {};
  const saving = useMutation({
    mutationFn: (settings: Record<string, unknown>) => {
      const { id, settings: _texts, ...standing } = draft;
      const credentials = credentialsOf(typed, kept);
      const body = { ...standing, settings, ...(credentials && { credentials }), ...(!account && id && { id }) };
      if (!account) return answer(api.POST('/v1/provider-accounts', { body }));
      return answer(api.PUT('/v1/provider-accounts/{id}', { params: { path: { id: account.id } }, body }));
    },
    onSuccess: (saved) => {
      forget();
      setTyped({});
      client.setQueryData(['provider-accounts', saved.id], saved);
      void client.invalidateQueries({ queryKey: ['provider-accounts'] });
      toast(t('saved', { name: saved.name }));
      if (!account) go(`/settings/provider-accounts/${saved.id}`, { replace: true });
    },
  });
  const kind = kinds.find(({ provider }) => provider === draft.provider);
  const save = () => {
    const read = settingsOf(draft, kind?.settings ?? {});
    setUnreadable(read.unreadable);
    if (Object.keys(read.unreadable).length === 0) saving.mutate(read.settings);
  };
  return (
    <Card title={t(account ? 'account.change' : 'account.new')}>
      <AccountForm
        kinds={kinds}
        draft={draft}
        account={account}
        typed={typed}
        error={saving.error}
        unreadable={unreadable}
        busy={saving.isPending}
        onDraft={setDraft}
        onTyped={setTyped}
        onSubmit={save}
      />
    </Card>
  );
}
