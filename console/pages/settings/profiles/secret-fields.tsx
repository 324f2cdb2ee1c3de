import { useTranslation } from 'react-i18next';
import { Button } from '../../../parts/button';
import { findingsAt } from '../../../parts/faults';
import { Select, TextField } from '../../../parts/field';
import { Actions, Group, Pair } from '../../../parts/form';
import type { AuthChoice, Profile, Secrets } from './profile';

interface Given {
  secrets: Secrets;
  profile: Profile | null;
  error: unknown;
  onChange(secrets: Secrets): void;
}

/** How the receiver knows us, and what is sent along: written here, never given back. */
export function SecretFields(given: Given) {
  return (
    <>
      <Auth {...given} />
      <Headers {...given} />
    </>
  );
}

function Auth({ secrets, profile, error, onChange }: Given) {
  const { t } = useTranslation('settings');
  const kept = profile?.auth?.type === secrets.auth ? profile.auth : null;
  const hint = kept ? { hint: t('secret.keptHint', { hint: kept.hint }) } : {};
  return (
    <Group legend={t('profile.auth')}>
      <Select<AuthChoice>
        label={t('profile.auth.type')}
        value={secrets.auth}
        choices={(['none', 'basic', 'bearer'] as const).map((value) => ({ value, words: t(`profile.auth.${value}`) }))}
        findings={findingsAt(error, '/auth')}
        onChange={(auth) => onChange({ ...secrets, auth })}
      />
      {secrets.auth === 'basic' && (
        <Pair>
          <TextField
            label={t('profile.username')}
            dir="ltr"
            autoComplete="off"
            required={!kept || secrets.password !== ''}
            value={secrets.username}
            {...hint}
            onChange={(username) => onChange({ ...secrets, username })}
          />
          <TextField
            label={t('profile.password')}
            type="password"
            dir="ltr"
            autoComplete="new-password"
            value={secrets.password}
            onChange={(password) => onChange({ ...secrets, password })}
          />
        </Pair>
      )}
      {secrets.auth === 'bearer' && (
        <TextField
          label={t('profile.token')}
          type="password"
          dir="ltr"
          autoComplete="new-password"
          required={!kept}
          value={secrets.token}
          {...hint}
          onChange={(token) => onChange({ ...secrets, token })}
        />
      )}
    </Group>
  );
}

function Headers({ secrets, error, onChange }: Given) {
  const { t } = useTranslation('settings');
  const { headers } = secrets;
  const set = (at: number, change: Partial<Secrets['headers'][number]>) =>
    onChange({ ...secrets, headers: headers.map((one, place) => (place === at ? { ...one, ...change } : one)) });
  return (
    <Group legend={t('profile.headers')}>
      <p>{t('profile.headers.hint')}</p>
      {headers.map(({ name, value, shown }, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: their names change as they are typed.
        <Pair key={at}>
          <TextField
            label={t('profile.header.name', { number: at + 1 })}
            dir="ltr"
            required
            readOnly={shown !== null}
            value={name}
            findings={findingsAt(error, `/headers/${name}`)}
            onChange={(next) => set(at, { name: next })}
          />
          <TextField
            label={t('profile.header.value', { number: at + 1 })}
            type="password"
            autoComplete="new-password"
            dir="ltr"
            required={shown === null}
            {...(shown !== null && { hint: t('secret.keptHint', { hint: shown }) })}
            value={value}
            onChange={(next) => set(at, { value: next })}
          />
          <Actions>
            <Button
              quiet
              aria-label={t('profile.header.remove', { name: name || at + 1 })}
              onClick={() => onChange({ ...secrets, headers: headers.filter((_, place) => place !== at) })}
            >
              {t('remove')}
            </Button>
          </Actions>
        </Pair>
      ))}
      <Actions>
        <Button
          disabled={headers.length >= 20}
          onClick={() => onChange({ ...secrets, headers: [...headers, { name: '', value: '', shown: null }] })}
        >
          {t('profile.header.add')}
        </Button>
      </Actions>
    </Group>
  );
}
