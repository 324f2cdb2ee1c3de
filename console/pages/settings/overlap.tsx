import { useTranslation } from 'react-i18next';
import { Select } from '../../parts/field';

/** Seconds for which the old secret holds beside the new one. */
export const OVERLAPS = ['0', '3600', '86400', '604800', '2592000'] as const;
export type Overlap = (typeof OVERLAPS)[number];

export function OverlapChoice({
  value,
  most,
  onChange,
}: {
  value: Overlap;
  /** In seconds, at most. */
  most: number;
  onChange(overlap: Overlap): void;
}) {
  const { t } = useTranslation('settings');
  return (
    <Select<Overlap>
      label={t('overlap')}
      hint={t('overlap.hint')}
      value={value}
      choices={OVERLAPS.filter((one) => Number(one) <= most).map((one) => ({ value: one, words: t(`overlap.${one}`) }))}
      onChange={onChange}
    />
  );
}
