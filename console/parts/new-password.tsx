import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Checkbox, type Finding, TextField } from './field';
import { PASSWORD_SIGNS, passwordStrength } from './password-strength';

const TONES = { short: 'wait', long: 'bad', guessable: 'wait', fair: 'plain', strong: 'plain' } as const;

/** A password to be chosen: how strong it is, in words, as it is typed. */
export function NewPassword({
  label,
  value,
  own,
  onChange,
}: {
  label: string;
  value: string;
  /** Name and address of whose it is. */
  own?: readonly string[];
  onChange(value: string): void;
}) {
  const { t } = useTranslation('parts');
  const [shown, setShown] = useState(false);
  const strength = passwordStrength(value, own);
  const findings: Finding[] =
    value === '' ? [] : [{ tone: TONES[strength], words: t(`password.${strength}`, PASSWORD_SIGNS) }];
  return (
    <>
      <TextField
        label={label}
        type={shown ? 'text' : 'password'}
        autoComplete="new-password"
        required
        minLength={PASSWORD_SIGNS.least}
        maxLength={PASSWORD_SIGNS.most}
        dir="ltr"
        hint={t('password.hint', PASSWORD_SIGNS)}
        findings={findings}
        value={value}
        onChange={onChange}
      />
      <Checkbox label={t('password.show')} checked={shown} onChange={setShown} />
    </>
  );
}
