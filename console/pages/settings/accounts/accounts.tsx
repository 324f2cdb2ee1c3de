import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { answer, api } from '../../../client/api';
import { Time } from '../../../parts/amounts';
import { LinkButton } from '../../../parts/button';
import { CopyButton } from '../../../parts/copy';
import { Badge } from '../../../parts/note';
import { Card, Page } from '../../../parts/page';
import { type Column, Table } from '../../../parts/table';
import { Listed } from '../listed';
import { usePages } from '../pages-of';
import styles from '../settings.module.css';
import type { Account } from './account';
import { AccountPage } from './account-page';
import { TestButton, type Tested, TrialNote } from './account-trial';

export default function Accounts({ id }: { id: string | null }) {
  return id === null ? <AccountList /> : <AccountPage id={id} />;
}

function AccountList() {
  const { t } = useTranslation('settings');
  const accounts = usePages(['provider-accounts'], {}, (query, signal) =>
    answer(api.GET('/v1/provider-accounts', { params: { query }, signal })),
  );
  const [tested, setTested] = useState<Tested | null>(null);
  const columns = useColumns(setTested);
  return (
    <Page
      title={t('section.provider-accounts')}
      about={t('accounts.about')}
      actions={
        <LinkButton primary href="/settings/provider-accounts/new">
          {t('account.add')}
        </LinkButton>
      }
    >
      <Card>
        <div aria-live="polite">{tested && <TrialNote tested={tested} />}</div>
        <Listed of={accounts}>
          {(items) => (
            <Table
              caption={t('section.provider-accounts')}
              columns={columns}
              rows={items}
              rowKey={({ id }) => id}
              empty={<p>{t('accounts.none')}</p>}
            />
          )}
        </Listed>
      </Card>
    </Page>
  );
}

function useColumns(onTested: (tested: Tested) => void): Column<Account>[] {
  const { t } = useTranslation('settings');
  return [
    { name: t('name'), cell: (account) => <Name account={account} /> },
    { name: t('account.provider'), cell: ({ provider }) => <span dir="ltr">{provider}</span> },
    { name: t('status'), cell: (account) => <Standing account={account} /> },
    {
      name: t('account.perSecond'),
      cell: ({ perSecond }) => (perSecond == null ? t('account.noLimit') : t('account.rate', { count: perSecond })),
    },
    {
      name: t('account.webhookUrl'),
      cell: ({ webhookUrl }) =>
        webhookUrl ? <CopyButton text={webhookUrl}>{t('account.copyUrl')}</CopyButton> : t('account.noWebhook'),
    },
    { name: t('changed'), cell: ({ updatedAt }) => (updatedAt ? <Time at={updatedAt} /> : '–') },
    { name: t('account.test'), cell: (account) => <TestButton account={account} onTested={onTested} /> },
  ];
}

function Name({ account }: { account: Account }) {
  return (
    <span className={styles.name}>
      <Link href={`/settings/provider-accounts/${account.id}`}>{account.name}</Link>
      <code className={styles.soft}>{account.id}</code>
    </span>
  );
}

function Standing({ account }: { account: Account }) {
  const { t } = useTranslation('settings');
  return (
    <span className={styles.row}>
      <Badge tone={account.enabled ? 'good' : 'plain'}>{t(account.enabled ? 'enabled' : 'disabled')}</Badge>
      {account.isDefault && <Badge tone="accent">{t('account.default')}</Badge>}
      {account.source === 'environment' && <Badge>{t('account.fromEnvironment')}</Badge>}
    </span>
  );
}
