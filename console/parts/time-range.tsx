import { useTranslation } from 'react-i18next';
import { Select, TextField } from './field';
import styles from './time-range.module.css';

/** Stretches of whole days that end now. */
export const SPANS = { today: 1, '7d': 7, '30d': 30, '90d': 90 } as const;
export type Span = keyof typeof SPANS;

/** Dates such as 2026-11-21 in the viewer's zone, both included; an empty one stands for no bound. */
export type TimeRange = { span: Span } | { span: null; from: string; to: string };

const two = (value: number) => String(value).padStart(2, '0');

/** A date as date fields have it, in the viewer's zone. */
export function dateOf(moment: Date): string {
  return `${moment.getFullYear()}-${two(moment.getMonth() + 1)}-${two(moment.getDate())}`;
}

function dayFrom(date: string, days: number): Date | null {
  const [year, month, day] = date.split('-').map(Number);
  const begins = new Date(year ?? Number.NaN, (month ?? 1) - 1, (day ?? 1) + days);
  return Number.isNaN(begins.getTime()) ? null : begins;
}

/** The moments that it means, RFC 3339: from the first on, before the second; undefined: no bound. */
export function momentsOf(range: TimeRange, now: Date): { from: string | undefined; to: string | undefined } {
  if (range.span !== null) {
    return { from: dayFrom(dateOf(now), 1 - SPANS[range.span])?.toISOString(), to: undefined };
  }
  return { from: dayFrom(range.from, 0)?.toISOString(), to: dayFrom(range.to, 1)?.toISOString() };
}

/** The time that something is looked at: a stretch that ends now, or dates of one's own. */
export function TimeRangeFields({ range, onChange }: { range: TimeRange; onChange(range: TimeRange): void }) {
  const { t } = useTranslation('parts');
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const choose = (value: Span | 'own') => {
    if (value !== 'own') return onChange({ span: value });
    const { from } = momentsOf(range, new Date());
    onChange({ span: null, from: from ? dateOf(new Date(from)) : '', to: dateOf(new Date()) });
  };
  return (
    <div className={styles.range}>
      <Select
        label={t('range')}
        value={range.span ?? 'own'}
        choices={[
          ...(Object.keys(SPANS) as Span[]).map((value) => ({ value, words: t(`range.${value}`) })),
          { value: 'own', words: t('range.own') },
        ]}
        onChange={choose}
      />
      {range.span === null && (
        <>
          <TextField
            type="date"
            label={t('range.from')}
            value={range.from}
            max={range.to || undefined}
            onChange={(from) => onChange({ ...range, from })}
          />
          <TextField
            type="date"
            label={t('range.to')}
            hint={zone}
            value={range.to}
            min={range.from || undefined}
            onChange={(to) => onChange({ ...range, to })}
          />
        </>
      )}
    </div>
  );
}
