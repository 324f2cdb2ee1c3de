import { useTranslation } from 'react-i18next';
import { locale } from '../words/words';

const MICROS = 1_000_000;

type Format = Intl.NumberFormat | Intl.DateTimeFormat | Intl.ListFormat;

/** Making one takes longer than using it a hundred times, and lists use several in every row. */
const made = new Map<string, Format>();

function numbers(options: Intl.NumberFormatOptions): Intl.NumberFormat {
  return kept(`n ${locale()} ${JSON.stringify(options)}`, () => new Intl.NumberFormat(locale(), options));
}

function moments(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  return kept(`m ${locale()} ${JSON.stringify(options)}`, () => new Intl.DateTimeFormat(locale(), options));
}

function kept<T extends Format>(key: string, make: () => T): T {
  const found = made.get(key);
  if (found) return found as T;
  const format = make();
  made.set(key, format);
  return format;
}

/** Millionths of a currency as money, in the viewer's locale; fractions of a cent are shown, since messages cost them. */
export function money(micros: number, currency: string): string {
  const format = numbers({ style: 'currency', currency, maximumFractionDigits: 4 });
  return format.format(micros / MICROS);
}

export function whole(count: number): string {
  return numbers({}).format(count);
}

/** A part of one, as 0.123 → 12.3 %. */
export function share(part: number): string {
  return numbers({ style: 'percent', maximumFractionDigits: 1 }).format(part);
}

/** A part of one more or less, as 0.123 → +12.3 %. */
export function shareChange(part: number): string {
  return numbers({ style: 'percent', maximumFractionDigits: 1, signDisplay: 'exceptZero' }).format(part);
}

/** Several things in a row, as the viewer's language puts them. */
export function listed(parts: readonly string[]): string {
  return kept(`l ${locale()}`, () => new Intl.ListFormat(locale(), { type: 'unit' })).format(parts);
}

/** Milliseconds as people say them: 340 ms, 2.1 s, 4 min 20 s, 3 h 5 min. */
export function duration(ms: number): string {
  const unit = (value: number, name: string, digits = 0) =>
    numbers({
      style: 'unit',
      unit: name,
      unitDisplay: 'short',
      maximumFractionDigits: digits,
    }).format(value);
  if (ms < 1_000) return unit(Math.round(ms), 'millisecond');
  if (ms < 60_000) return unit(ms / 1_000, 'second', 1);
  const parts = [
    [Math.floor(ms / 86_400_000), 'day'],
    [Math.floor(ms / 3_600_000) % 24, 'hour'],
    [Math.floor(ms / 60_000) % 60, 'minute'],
    [Math.floor(ms / 1_000) % 60, 'second'],
  ] as const;
  const first = parts.findIndex(([value]) => value > 0);
  return parts
    .slice(first, first + 2)
    .filter(([value]) => value > 0)
    .map(([value, name]) => unit(value, name))
    .join(' ');
}

/** The time of day in the viewer's zone, with its seconds; with the date where that is not today. */
export function clockTime(at: number | string): string {
  const moment = new Date(at);
  const today = moment.toDateString() === new Date().toDateString();
  const format = moments({
    ...(!today && { dateStyle: 'medium' as const }),
    timeStyle: 'medium',
  });
  return format.format(moment);
}

/** A moment in the viewer's zone and locale; the exact one, in UTC, stands in its title. */
export function Time({ at, seconds = false, dateOnly = false }: { at: string; seconds?: boolean; dateOnly?: boolean }) {
  // For the language: when it changes, this is drawn anew.
  useTranslation('parts');
  const format = moments(
    dateOnly ? { dateStyle: 'medium' } : { dateStyle: 'medium', timeStyle: seconds ? 'medium' : 'short' },
  );
  return (
    <time dateTime={at} title={at}>
      {format.format(new Date(at))}
    </time>
  );
}
