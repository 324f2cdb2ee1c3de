/**
 * What stands in a place of a sentence. Its name tells what it is, so that it can be shown as its reader writes such
 * things: `…Seconds`, `…Micros` (of `currency`), `…Share` (of one), `change` (a share more or less), `channel`, `status`,
 * `reason`, `action`, `purpose`; `count` is what a plural goes by. What is of no such name stands as it is.
 */
export type Value = string | number | readonly string[] | Sentence | readonly Sentence[];
export type Values = Readonly<Record<string, Value>>;

/** A sentence as data, so that it can be said in any language. A key never changes its meaning. */
export interface Sentence {
  key: string;
  values: Values;
}

/**
 * English sentences by their keys, written as i18next has it: `{{name}}`, `{{name, format}}` with a format of
 * `inEnglish`, and two forms of what counts something, `…_one` and `…_other`.
 */
export type Catalogue = Readonly<Record<string, string>>;

/** The keys of a catalogue; the two forms of a plural are one. */
export type KeyOf<C extends Catalogue> = Singular<Extract<keyof C, string>>;
type Singular<K extends string> = K extends `${infer Name}_one` ? Name : K extends `${string}_other` ? never : K;

const PLACE = /\{\{(\w+)(?:, (\w+))?\}\}/g;

/**
 * The sentence with its values filled in. A draft may lack what its type promises, such as the name of a step that is
 * being renamed: that is shown as it is. Throws where the catalogue lacks the sentence, which is a bug.
 */
export function inEnglish(catalogue: Catalogue, { key, values }: Sentence): string {
  const text = catalogue[key] ?? catalogue[`${key}_${values.count === 1 ? 'one' : 'other'}`];
  if (text === undefined) throw new Error(`there is no sentence ${key}`);
  return text.replace(PLACE, (_place, name: string, format: string | undefined) => {
    const value = Object.hasOwn(values, name) ? values[name] : undefined;
    return value === undefined ? String(value) : shown(catalogue, value, format);
  });
}

function shown(catalogue: Catalogue, value: Value, format: string | undefined): string {
  if (Array.isArray(value)) {
    const parts = value.map((one: string | Sentence) => shown(catalogue, one, undefined));
    return parts.join(format === 'path' ? '.' : ', ');
  }
  if (typeof value === 'number') return NUMBERS[format ?? '']?.(value) ?? String(value);
  return typeof value === 'string' ? value : inEnglish(catalogue, value as Sentence);
}

const NUMBERS: Readonly<Record<string, (value: number) => string>> = {
  number: grouped,
  duration: seconds,
  percent: (share) => `${percent(100 * share)} %`,
  signed: (share) => `${share > 0 ? '+' : '-'}${percent(Math.abs(100 * share))} %`,
};

function grouped(n: number): string {
  return n.toLocaleString('en-US');
}

function seconds(s: number): string {
  if (s < 120 || s % 60 !== 0) return `${grouped(Math.round(s * 10) / 10)} s`;
  if (s < 7200 || s % 3600 !== 0) return `${grouped(s / 60)} min`;
  return `${grouped(s / 3600)} h`;
}

function percent(value: number): string {
  return value >= 10 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}
