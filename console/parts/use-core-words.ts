import type { i18n } from 'i18next';
import { useCallback } from 'react';
import { useTranslation } from 'react-i18next';
import type { CoreRoom } from '../words/words';
import { duration, listed, money, share, shareChange, whole } from './amounts';
import { isolated } from './isolated';

/** A sentence of core's (core/sentence.ts); a server of another version may not have it as data. */
export interface Said {
  key?: string | undefined;
  values?: object | undefined;
}

/** What is shown as core says it. */
export const ENGLISH = { lang: 'en', dir: 'ltr' } as const;

/**
 * Says a sentence of core's in the viewer's language. Null where that is English, which stands beside the sentence, or
 * where this page does not know it, as that of a newer server: then it is shown in English.
 */
export function useCoreWords(room: CoreRoom): (said: Said) => string | null {
  const { i18n } = useTranslation([room, 'vocabulary', 'templates']);
  return useCallback((said) => say(i18n, room, said), [i18n, room]);
}

function say(i18n: i18n, room: CoreRoom, { key, values = {} }: Said): string | null {
  const given = values as Readonly<Record<string, unknown>>;
  const count = typeof given.count === 'number' ? given.count : undefined;
  const options = { ns: room, ...(count !== undefined && { count }) };
  if (key === undefined || !i18n.exists(key, options)) return null;
  const replace: Record<string, string> = count === undefined ? {} : { shown: whole(count) };
  for (const [name, value] of Object.entries(given)) {
    const words = shown(i18n, room, name, value, given);
    if (words === null) return null;
    replace[name] = words;
  }
  // The keys are core's, so that no type of the catalogues knows them.
  return (i18n.t as (key: string, options: object) => string)(key, { ...options, replace });
}

/** One value as its name asks for it; null where it is a sentence that is not known. */
function shown(
  i18n: i18n,
  room: CoreRoom,
  name: string,
  value: unknown,
  values: Readonly<Record<string, unknown>>,
): string | null {
  if (Array.isArray(value)) {
    const parts = value.map((one) => shown(i18n, room, name, one, values));
    return parts.every((part) => part !== null) ? listed(parts) : null;
  }
  if (typeof value === 'object' && value !== null) return say(i18n, room, value);
  if (typeof value === 'number') return amount(name, value, values);
  return word(i18n, name, String(value));
}

function amount(name: string, value: number, { currency }: Readonly<Record<string, unknown>>): string {
  if (name.endsWith('Seconds')) return duration(value * 1_000);
  if (name.endsWith('Micros')) return money(value, typeof currency === 'string' ? currency : 'EUR');
  if (name.endsWith('Share')) return share(value);
  return name === 'change' ? shareChange(value) : whole(value);
}

const OF_VOCABULARY = /(channel|status|reason|action|purpose)(?:s|es)?$/i;

/** By its name in the vocabulary where it has one there, else as it stands. */
function word(i18n: i18n, name: string, value: string): string {
  const list = OF_VOCABULARY.exec(name)?.[1]?.toLowerCase();
  if (list === undefined) return isolated(value);
  const key = name === 'templateStatus' ? `templates:status.${value}` : `vocabulary:${list}.${value}`;
  return i18n.exists(key) ? (i18n.t as (key: string) => string)(key) : isolated(value);
}
