import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../../parts/button';
import { TextField } from '../../../parts/field';
import { Actions } from '../../../parts/form';
import type { ProviderKind } from './account';
import { CredentialFields } from './account-fields';

/** Credentials under names that the account's own description uses, as a gateway's does: `{{credentials.token}}`. */
export function OwnCredentials({
  kind,
  kept,
  typed,
  error,
  onChange,
}: {
  kind: ProviderKind;
  kept: Readonly<Record<string, string>>;
  typed: Readonly<Record<string, string>>;
  error: unknown;
  onChange(name: string, value: string): void;
}) {
  const { t } = useTranslation('settings');
  const [name, setName] = useState('');
  const names = [...new Set([...Object.keys(kept), ...Object.keys(typed)])];
  const add = () => {
    onChange(name.trim(), typed[name.trim()] ?? '');
    setName('');
  };
  return (
    <>
      <CredentialFields {...{ kind, names, kept, typed, error, onChange }} />
      <TextField
        label={t('account.credentialName')}
        hint={t('account.credentialName.hint')}
        dir="ltr"
        value={name}
        onChange={setName}
      />
      <Actions>
        <Button disabled={name.trim() === ''} onClick={add}>
          {t('account.addCredential')}
        </Button>
      </Actions>
    </>
  );
}
