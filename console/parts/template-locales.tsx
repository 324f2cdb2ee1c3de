import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { TemplateContent } from '../../schemas/template';
import { locale as viewersLocale } from '../words/words';
import { Button } from './button';
import { Select, TextField } from './field';
import styles from './template-form.module.css';

const CODE = /^[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*$/;
const OWN = '';

/** Which language's content is edited; null is the template's own, for everybody without one of theirs. */
export function TemplateLocales({
  locales,
  chosen,
  readOnly,
  onChoose,
  onChange,
}: {
  locales: Readonly<Record<string, TemplateContent>>;
  chosen: string | null;
  readOnly: boolean | undefined;
  onChoose(locale: string | null): void;
  onChange(locales: Record<string, TemplateContent>): void;
}) {
  const { t } = useTranslation('templates');
  const [code, setCode] = useState('');
  const known = Object.keys(locales);
  const usable = CODE.test(code) && !known.includes(code);
  const add = () => {
    onChange({ ...locales, [code]: {} });
    onChoose(code);
    setCode('');
  };
  const remove = () => {
    const { [chosen ?? '']: _gone, ...rest } = locales;
    onChoose(null);
    onChange(rest);
  };
  const choices = [{ value: OWN, words: t('locale.own') }, ...known.map((value) => ({ value, words: nameOf(value) }))];
  return (
    <div className={styles.row}>
      <Select
        label={t('locale')}
        value={chosen ?? OWN}
        choices={choices}
        onChange={(value) => onChoose(value === OWN ? null : value)}
      />
      {!readOnly && (
        <>
          <TextField
            label={t('locale.code')}
            placeholder="it"
            size={8}
            value={code}
            findings={code !== '' && !usable ? [{ tone: 'bad', words: t('locale.unusable') }] : []}
            onChange={setCode}
          />
          <Button disabled={!usable} onClick={add}>
            {t('locale.add')}
          </Button>
          {chosen !== null && (
            <Button danger onClick={remove}>
              {t('locale.remove', { name: nameOf(chosen) })}
            </Button>
          )}
        </>
      )}
    </div>
  );
}

function nameOf(code: string): string {
  try {
    const name = new Intl.DisplayNames(viewersLocale(), { type: 'language' }).of(code.replaceAll('_', '-'));
    return name && name !== code ? `${name} (${code})` : code;
  } catch {
    return code;
  }
}
