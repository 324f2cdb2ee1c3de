import { useTranslation } from 'react-i18next';
import type { CallbackFormat, CallbackType } from '../../../../schemas/callback';
import { findingsAt } from '../../../parts/faults';
import { Checkbox, Select, TextField } from '../../../parts/field';
import { Group, Pair } from '../../../parts/form';
import styles from '../settings.module.css';
import { type ProfileDraft, typesOf } from './profile';

export function ProfileFields({
  draft,
  isNew,
  error,
  onChange,
}: {
  draft: ProfileDraft;
  isNew: boolean;
  error: unknown;
  onChange(draft: ProfileDraft): void;
}) {
  const { t } = useTranslation('settings');
  return (
    <>
      <Pair>
        <TextField
          label={t('name')}
          required
          maxLength={120}
          value={draft.name}
          findings={findingsAt(error, '/name')}
          onChange={(name) => onChange({ ...draft, name })}
        />
        {isNew && (
          <TextField
            label={t('profile.id')}
            hint={t('profile.id.hint')}
            pattern="cbp_[A-Za-z0-9_\-]{1,64}"
            dir="ltr"
            value={draft.id}
            findings={findingsAt(error, '/id')}
            onChange={(id) => onChange({ ...draft, id })}
          />
        )}
      </Pair>
      <TextField
        label={t('profile.url')}
        hint={t('profile.url.hint')}
        type="url"
        required
        dir="ltr"
        maxLength={2048}
        value={draft.url}
        findings={findingsAt(error, '/url')}
        onChange={(url) => onChange({ ...draft, url })}
      />
      <Select<CallbackFormat>
        label={t('profile.format')}
        hint={t(`profile.format.${draft.format}.hint`)}
        value={draft.format}
        choices={(['onward', 'kaleyra'] as const).map((value) => ({ value, words: t(`profile.format.${value}`) }))}
        onChange={(format) => onChange({ ...draft, format, types: narrowed(draft.types, format) })}
      />
      <Types draft={draft} onChange={(types) => onChange({ ...draft, types })} />
      <Checkbox
        label={t('profile.enabled')}
        hint={t('profile.enabled.hint')}
        checked={draft.enabled}
        onChange={(enabled) => onChange({ ...draft, enabled })}
      />
    </>
  );
}

/** Of the chosen types those that the format has. */
function narrowed(types: CallbackType[] | null, format: CallbackFormat): CallbackType[] | null {
  return types?.filter((type) => typesOf(format).includes(type)) ?? null;
}

function Types({
  draft: { types, format },
  onChange,
}: {
  draft: ProfileDraft;
  onChange(types: CallbackType[] | null): void;
}) {
  const { t } = useTranslation('settings');
  const all = typesOf(format);
  return (
    <Group legend={t('profile.types')}>
      <Checkbox
        label={t('profile.types.all')}
        hint={t('profile.types.all.hint')}
        checked={types === null}
        onChange={(everything) => onChange(everything ? null : [...all])}
      />
      {types !== null && (
        <div className={styles.types}>
          {all.map((type) => (
            <Checkbox
              key={type}
              label={t(`callback.${type}`)}
              checked={types.includes(type)}
              onChange={(told) => onChange(all.filter((one) => (one === type ? told : types.includes(one))))}
            />
          ))}
        </div>
      )}
    </Group>
  );
}
