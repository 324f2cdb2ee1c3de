import i18next, { type BackendModule, type ResourceKey } from 'i18next';
import { initReactI18next } from 'react-i18next';
import parts from './en/parts.json';
import shell from './en/shell.json';
import vocabulary from './en/vocabulary.json';

/** By the code of the language; `dir` is the way it is written. */
export const LANGUAGES = {
  en: { name: 'English', dir: 'ltr' },
  ar: { name: 'العربية', dir: 'rtl' },
} as const;
export type Language = keyof typeof LANGUAGES;

/** What core says, it says in English itself (LINT, DIFFERENCES, TOLD): of these rooms there are the other languages alone. */
export const CORE_ROOMS = ['lint', 'differences', 'advice'] as const;
export type CoreRoom = (typeof CORE_ROOMS)[number];

const KEY = 'onward.language';
const catalogues = import.meta.glob<{ default: ResourceKey }>(['./*/*.json', '!./en/{parts,shell,vocabulary}.json']);

/** The catalogues of the rooms come when a page asks for them; those of the frame are there from the start. */
const backend: BackendModule = {
  type: 'backend',
  init() {},
  read(language, namespace, callback) {
    const load = catalogues[`./${language}/${namespace}.json`];
    if (!load && language === 'en' && CORE_ROOMS.some((room) => room === namespace)) return callback(null, {});
    if (!load) return callback(new Error(`there are no words for ${namespace} in ${language}`), false);
    load().then(
      (found) => callback(null, found.default),
      (error: Error) => callback(error, false),
    );
  },
};

export function preferredLanguage(): Language {
  const wanted = [localStorage.getItem(KEY) ?? '', ...navigator.languages].map((one) => one.slice(0, 2));
  return wanted.find((one): one is Language => Object.hasOwn(LANGUAGES, one)) ?? 'en';
}

/** The locale of numbers and times: the viewer's own where it is of the chosen language. */
export function locale(): string {
  const language = i18next.language || 'en';
  return navigator.languages.find((one) => one.startsWith(language)) ?? language;
}

function apply(language: string): void {
  const known = LANGUAGES[language as Language] ?? LANGUAGES.en;
  document.documentElement.lang = language;
  document.documentElement.dir = known.dir;
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEY, language);
  await i18next.changeLanguage(language);
}

let started: Promise<void> | undefined;

/** Resolves once the words of the frame are there. */
export function wordsStarted(): Promise<void> {
  started ??= start();
  return started;
}

async function start(): Promise<void> {
  i18next.on('languageChanged', apply);
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: preferredLanguage(),
      fallbackLng: 'en',
      supportedLngs: Object.keys(LANGUAGES),
      ns: ['shell', 'parts', 'vocabulary'],
      defaultNS: 'shell',
      partialBundledLanguages: true,
      resources: { en: { shell, parts, vocabulary } },
      keySeparator: false,
      nsSeparator: ':',
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
}
