import type { Template } from '../schemas/template';

/** One form for all ways to write a language tag: `it_IT`, `it-it` and `IT-IT` are one. */
export function normalLocale(locale: string): string {
  return locale.toLowerCase().replaceAll('_', '-');
}

type Locales = NonNullable<Template['locales']>;

/** A template's languages by their normal form; templates are held for long, and never changed in place. */
const known = new WeakMap<Locales, ReadonlyMap<string, string>>();

/**
 * The key in `locales` that serves the recipient best, or null for the template's own content: the very tag, else what
 * is left when its last parts are taken off one by one (RFC 4647, 3.4 "Lookup"), else the same language of another
 * region, the first by the alphabet: for `pt-BR`, `pt-PT` is nearer than English.
 */
export function chooseLocale(locales: Template['locales'], wanted: string | undefined): string | null {
  if (!wanted || !locales) return null;
  if (Object.hasOwn(locales, wanted)) return wanted;
  const byNormal = known.get(locales) ?? index(locales);
  const parts = normalLocale(wanted).split('-');
  for (let length = parts.length; length > 0; length--) {
    const found = byNormal.get(parts.slice(0, length).join('-'));
    if (found !== undefined) return found;
  }
  for (const [normal, key] of byNormal) if (normal.startsWith(`${parts[0]}-`)) return key;
  return null;
}

function index(locales: Locales): ReadonlyMap<string, string> {
  const names = Object.keys(locales).map((key): [string, string] => [normalLocale(key), key]);
  const byNormal = new Map(names.sort(([a], [b]) => (a < b ? -1 : 1)));
  known.set(locales, byNormal);
  return byNormal;
}
