import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DIFFERENCES } from '../../core/diff-sentences';
import { LINT } from '../../core/lint/sentences';
import { TOLD } from '../../core/replay/sentences';
import type { Catalogue } from '../../core/sentence';
import {
  ACTIONS,
  ATTEMPT_STATUSES,
  CHANNELS,
  INVOCATION_STATUSES,
  PURPOSES,
  REASONS,
  ROLES,
} from '../../schemas/vocabulary';

const WORDS = join(__dirname, '..', '..', 'console', 'words');
const ROOMS = readdirSync(join(WORDS, 'en')).map((name) => name.replace('.json', ''));
/** What core says: in English there, in the other languages here. */
const OF_CORE: Record<string, Catalogue> = { lint: LINT, differences: DIFFERENCES, advice: TOLD };
const PLURAL = /_(zero|one|two|few|many|other)$/;
const NEEDED: Record<string, readonly string[]> = {
  en: ['one', 'other'],
  ar: ['zero', 'one', 'two', 'few', 'many', 'other'],
};

function catalogue(language: string, room: string): Record<string, string> {
  return JSON.parse(readFileSync(join(WORDS, language, `${room}.json`), 'utf8'));
}

/** By the key without its plural form: the forms that there are. */
function formsOf(words: Catalogue): Map<string, string[]> {
  const forms = new Map<string, string[]>();
  for (const key of Object.keys(words)) {
    const form = PLURAL.exec(key)?.[1];
    const name = form ? key.replace(PLURAL, '') : key;
    forms.set(name, [...(forms.get(name) ?? []), ...(form ? [form] : [])]);
  }
  return forms;
}

const places = (text: string) => [...text.matchAll(/\{\{\s*([\w.]+)/g)].map(([, name]) => name).sort();

test('both languages have the same rooms; core has the English of some', () => {
  const arabic = readdirSync(join(WORDS, 'ar')).map((name) => name.replace('.json', ''));
  expect(arabic.sort()).toEqual([...ROOMS, ...Object.keys(OF_CORE)].sort());
});

describe.each(Object.entries(OF_CORE))('what core says: %s', (room, english) => {
  const arabic = catalogue('ar', room);
  /** The places of a sentence but for its number, of which one and two need no figure. */
  const otherPlaces = (text: string) => places(text).filter((name) => name !== 'count' && name !== 'shown');

  it('is said in Arabic, every sentence and hint of it, and nothing else', () => {
    expect([...formsOf(arabic).keys()].sort()).toEqual([...formsOf(english).keys()].sort());
  });

  it('has every form where it counts something', () => {
    const counting = Object.keys(english).filter((key) => places(english[key] ?? '').includes('count'));
    for (const key of counting) {
      const name = key.replace(PLURAL, '');
      expect({ name, forms: formsOf(arabic).get(name)?.sort() }).toEqual({
        name,
        forms: [...(NEEDED.ar ?? [])].sort(),
      });
    }
  });

  it('fills the same places in Arabic', () => {
    for (const [key, text] of Object.entries(arabic)) {
      const name = key.replace(PLURAL, '');
      const source = english[name] ?? english[`${name}_other`] ?? '';
      expect({ key, places: otherPlaces(text) }).toEqual({ key, places: otherPlaces(source) });
      // “{{count}}” would be written in Latin figures.
      expect({ key, raw: places(text).includes('count') }).toEqual({ key, raw: false });
    }
  });
});

describe.each(ROOMS)('%s', (room) => {
  const [english, arabic] = [catalogue('en', room), catalogue('ar', room)];

  it('says in Arabic all that it says in English', () => {
    expect([...formsOf(arabic).keys()].sort()).toEqual([...formsOf(english).keys()].sort());
  });

  it('has every form of a plural', () => {
    for (const [language, words] of [
      ['en', english],
      ['ar', arabic],
    ] as const) {
      for (const [name, forms] of formsOf(words)) {
        if (forms.length > 0)
          expect({ name, forms: forms.sort() }).toEqual({ name, forms: [...(NEEDED[language] ?? [])].sort() });
      }
    }
  });

  it('leaves nothing empty, and fills the same places in both', () => {
    for (const [key, text] of Object.entries(arabic)) {
      expect({ key, empty: text.trim() === '' }).toEqual({ key, empty: false });
      const other = english[key];
      // A form for one or two may leave its number out.
      if (other !== undefined && !PLURAL.test(key))
        expect({ key, places: places(text) }).toEqual({ key, places: places(other) });
    }
  });
});

test('every word of the vocabulary has a name', () => {
  const lists = {
    channel: CHANNELS,
    status: [...ATTEMPT_STATUSES, ...INVOCATION_STATUSES],
    purpose: PURPOSES,
    role: ROLES,
    action: ACTIONS,
    reason: REASONS,
  };
  const wanted = Object.entries(lists).flatMap(([list, words]) => words.map((word) => `${list}.${word}`));
  expect(Object.keys(catalogue('en', 'vocabulary'))).toEqual(expect.arrayContaining(wanted));
});
