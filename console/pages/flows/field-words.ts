import type { TFunction } from 'i18next';
import {
  ACTIONS,
  type Action,
  CHANNELS,
  type Channel,
  PURPOSES,
  type Purpose,
  REASONS,
  type Reason,
  SUCCESS_STATUSES,
  type SuccessStatus,
} from '../../../schemas/vocabulary';
import { duration, listed, money } from '../../parts/amounts';

export type Words = TFunction<['trial', 'vocabulary']>;

const FIELDS = [
  'name',
  'purpose',
  'variables',
  'expiresAfterSeconds',
  'budget',
  'requireConsent',
  'quietHours',
  'callbackProfile',
  'channel',
  'provider',
  'template',
  'timeoutSeconds',
  'successOn',
  'onReason',
  'recall',
  'require',
  'maxCostMicros',
  'currency',
  'onExceeded',
  'from',
  'to',
  'timezone',
  'purposes',
  'place',
] as const;
type FieldWord = (typeof FIELDS)[number];

/** The parts of a path that have a word are said by it; names of variables and the like stand as they are. */
export function fieldName(t: Words, path: readonly string[]): string {
  return path.map((_, n) => lastName(t, path.slice(0, n + 1))).join(' · ');
}

function lastName(t: Words, path: readonly string[]): string {
  const name = path.at(-1) ?? '';
  if (path.at(-2) === 'onReason' && among(REASONS, name)) return t(`vocabulary:reason.${name as Reason}`);
  if (path.length === 1 && name === 'variables') return t('field.variables');
  return path[0] !== 'variables' && among(FIELDS, name) ? t(`field.${name as FieldWord}`) : name;
}

/** The value of a field within a sentence, field by field where it is made of fields. @param text as core has it */
export function valueInText(t: Words, path: readonly string[], value: unknown, currency: string, text: string): string {
  if (path[0] === 'variables') return text;
  const words = valueWords(t, path.at(-1) ?? '', value, currency);
  if (words !== null) return words;
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return text;
  const parts = Object.entries(value).map(([name, one]) => {
    const inner = [...path, name];
    return `${lastName(t, inner)}: ${valueInText(t, inner, one, currency, JSON.stringify(one))}`;
  });
  return parts.length > 0 ? listed(parts) : text;
}

/** Null where there are no better words than the value itself. */
export function valueWords(t: Words, field: string, value: unknown, currency: string): string | null {
  if (typeof value === 'boolean') return t(value ? 'value.yes' : 'value.no');
  if (typeof value === 'number' && field.endsWith('Seconds')) return duration(value * 1000);
  if (typeof value === 'number' && field === 'maxCostMicros') return money(value, currency);
  if (Array.isArray(value) && field === 'provider') return value.join(', ');
  if (Array.isArray(value) && field === 'purposes') {
    return value.map((one) => valueWords(t, 'purpose', one, currency) ?? String(one)).join(', ');
  }
  if (field === 'channel' && among(CHANNELS, value)) return t(`vocabulary:channel.${value as Channel}`);
  if (field === 'purpose' && among(PURPOSES, value)) return t(`vocabulary:purpose.${value as Purpose}`);
  if (field === 'successOn' && among(SUCCESS_STATUSES, value)) return t(`vocabulary:status.${value as SuccessStatus}`);
  if (field === 'onExceeded' || field === 'require') return wordOf(t, value);
  if (among(REASONS, field) && among(ACTIONS, value)) return t(`vocabulary:action.${value as Action}`);
  return null;
}

const CHOICES = ['skip_step', 'stop_flow', 'any', 'all'] as const;

function wordOf(t: Words, value: unknown): string | null {
  return among(CHOICES, value) ? t(`value.${value as (typeof CHOICES)[number]}`) : null;
}

function among(words: readonly string[], word: unknown): boolean {
  return typeof word === 'string' && words.includes(word);
}
