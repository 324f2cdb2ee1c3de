import { useTranslation } from 'react-i18next';
import { Button } from '../../../parts/button';
import { findingsAt } from '../../../parts/faults';
import { Checkbox, NumberField, Select, TextField } from '../../../parts/field';
import { Actions, Form, Group, Pair } from '../../../parts/form';
import { ProblemNote } from '../../../parts/problem-note';
import type { Account, AccountDraft, Provider, ProviderKind, Unreadable } from './account';
import { CredentialFields, inOrder, SettingFields } from './account-fields';
import { OwnCredentials } from './own-credentials';

interface Given {
  kinds: readonly ProviderKind[];
  draft: AccountDraft;
  /** Null: it is to be made. */
  account: Account | null;
  /** Credentials as they were typed, which stand nowhere else. */
  typed: Readonly<Record<string, string>>;
  error: unknown;
  unreadable: Unreadable;
  busy: boolean;
  onDraft(draft: AccountDraft): void;
  onTyped(typed: Record<string, string>): void;
  onSubmit(): void;
}

export function AccountForm({
  kinds,
  draft,
  account,
  typed,
  error,
  unreadable,
  busy,
  onDraft,
  onTyped,
  onSubmit,
}: Given) {
  const { t } = useTranslation('settings');
  const kind = kinds.find(({ provider }) => provider === draft.provider);
  const kept = account?.credentials ?? {};
  const type = (name: string, value: string) => onTyped({ ...typed, [name]: value });
  return (
    <Form onSubmit={onSubmit} label={t('account.change')}>
      <Basics {...{ kinds, draft, account, error, onDraft }} />
      {kind && (
        <Group legend={t('account.credentials')}>
          <CredentialFields
            kind={kind}
            names={inOrder(kind.credentials).map(([name]) => name)}
            {...{ kept, typed, error }}
            onChange={type}
          />
          {isOpen(kind) && <OwnCredentials {...{ kind, kept, typed, error }} onChange={type} />}
        </Group>
      )}
      {kind && (
        <SettingFields
          kind={kind}
          values={draft.settings}
          error={error}
          unreadable={unreadable}
          onChange={(name, value) => onDraft({ ...draft, settings: { ...draft.settings, [name]: value } })}
        />
      )}
      {error !== null && <ProblemNote error={error} />}
      <Actions>
        <Button primary type="submit" busy={busy}>
          {t(account ? 'save' : 'account.add')}
        </Button>
      </Actions>
    </Form>
  );
}

/** Whether the names of its credentials are the account's own. */
function isOpen({ credentials }: ProviderKind): boolean {
  return Object.keys(credentials.properties ?? {}).length === 0 && credentials.additionalProperties !== false;
}

function Basics({
  kinds,
  draft,
  account,
  error,
  onDraft,
}: Pick<Given, 'kinds' | 'draft' | 'account' | 'error' | 'onDraft'>) {
  const { t } = useTranslation('settings');
  return (
    <>
      <Pair>
        <Select<Provider>
          label={t('account.provider')}
          value={draft.provider}
          choices={kinds.map(({ provider }) => ({ value: provider, words: t(`provider.${provider}`) }))}
          disabled={account !== null}
          {...(account && { hint: t('account.provider.stays') })}
          onChange={(provider) => onDraft({ ...draft, provider })}
        />
        <TextField
          label={t('name')}
          required
          maxLength={120}
          value={draft.name}
          findings={findingsAt(error, '/name')}
          onChange={(name) => onDraft({ ...draft, name })}
        />
        {!account && (
          <TextField
            label={t('account.id')}
            hint={t('account.id.hint')}
            pattern="pac_[A-Za-z0-9_\-]{1,64}"
            dir="ltr"
            value={draft.id}
            findings={findingsAt(error, '/id')}
            onChange={(id) => onDraft({ ...draft, id })}
          />
        )}
        <NumberField
          label={t('account.perSecond')}
          hint={t('account.perSecond.hint')}
          min={0.01}
          max={100_000}
          step="any"
          value={draft.perSecond}
          findings={findingsAt(error, '/perSecond')}
          onChange={(perSecond) => onDraft({ ...draft, perSecond })}
        />
      </Pair>
      <Checkbox
        label={t('account.enabled')}
        hint={t('account.enabled.hint')}
        checked={draft.enabled}
        onChange={(enabled) => onDraft({ ...draft, enabled })}
      />
      <Checkbox
        label={t('account.isDefault')}
        hint={t('account.isDefault.hint')}
        checked={draft.isDefault}
        onChange={(isDefault) => onDraft({ ...draft, isDefault })}
      />
    </>
  );
}
