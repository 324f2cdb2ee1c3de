import { useTranslation } from 'react-i18next';
import type { Mode } from '../../schemas/vocabulary';
import { Select } from './field';

/** Live or test: two worlds that are never shown together. */
export function ModeChoice({ mode, onChange }: { mode: Mode; onChange(mode: Mode): void }) {
  const { t } = useTranslation('shell');
  return (
    <Select
      label={t('mode')}
      value={mode}
      choices={[
        { value: 'live', words: t('mode.live') },
        { value: 'test', words: t('mode.test') },
      ]}
      onChange={onChange}
    />
  );
}
