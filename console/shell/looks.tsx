import { useTranslation } from 'react-i18next';
import { Select } from '../parts/field';
import { chooseLanguage, LANGUAGES, type Language } from '../words/words';
import { type Theme, useTheme } from './theme';

const CODES = Object.keys(LANGUAGES) as Language[];

export function LanguageChoice() {
  const { t, i18n } = useTranslation('shell');
  return (
    <Select<Language>
      label={t('language')}
      value={CODES.find((code) => i18n.language.startsWith(code)) ?? 'en'}
      choices={CODES.map((code) => ({ value: code, words: LANGUAGES[code].name }))}
      onChange={(language) => void chooseLanguage(language)}
    />
  );
}

export function ThemeChoice() {
  const { t } = useTranslation('shell');
  const [theme, setTheme] = useTheme();
  return (
    <Select<Theme>
      label={t('theme')}
      value={theme}
      choices={(['system', 'light', 'dark'] as const).map((value) => ({ value, words: t(`theme.${value}`) }))}
      onChange={setTheme}
    />
  );
}
