import type { ErrorObject } from 'ajv';
import type { FieldError } from './problem';

/** More than this nobody reads; the rest shows once these are mended. */
export const MAX_FIELD_ERRORS = 20;

/** One reference token of a JSON pointer (RFC 6901). */
export function pointerToken(name: string | number): string {
  return String(name).slice(0, 200).replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The word of `words` that is likely meant by `word`, or null where none is near. */
export function nearest(word: string, words: readonly string[]): string | null {
  const reach = Math.max(1, Math.floor(Math.min(word.length, 40) / 3));
  let best: string | null = null;
  let bestDistance = reach + 1;
  if (word.length > 64) return null;
  for (const candidate of words) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** Levenshtein, for short words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(substituted, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/**
 * Turns ajv's errors (made with `verbose`) into pointers and sentences: at most 20, in the order found. The branches
 * of a failed `anyOf` and the bare fact that an `if` led somewhere are noise, and are left out.
 */
export function explain(errors: readonly ErrorObject[], prefix = ''): FieldError[] {
  const unions = errors.filter((error) => error.keyword === 'anyOf' || error.keyword === 'oneOf');
  const found = new Map<string, FieldError>();
  for (const error of errors) {
    if (found.size >= MAX_FIELD_ERRORS) break;
    if (error.keyword === 'if' || error.propertyName !== undefined) continue;
    if (unions.some((union) => error.schemaPath.startsWith(`${union.schemaPath}/`))) continue;
    // What is not even of the right type need not be told which forms it fits not.
    if (unions.includes(error) && errors.some((other) => isTypeErrorAt(other, error.instancePath, unions))) continue;
    const field = { pointer: prefix + pointerOf(error), message: sentence(error) };
    found.set(`${field.pointer}\n${field.message}`, field);
  }
  return [...found.values()];
}

function isTypeErrorAt(error: ErrorObject, instancePath: string, unions: readonly ErrorObject[]): boolean {
  if (error.keyword !== 'type' || error.instancePath !== instancePath) return false;
  return !unions.some((union) => error.schemaPath.startsWith(`${union.schemaPath}/`));
}

/** A missing or unknown property is pointed at itself, not at the object it is missing from. */
function pointerOf(error: ErrorObject): string {
  const name = error.params.missingProperty ?? error.params.additionalProperty ?? error.params.propertyName;
  const own = name ?? error.params.unevaluatedProperty;
  return typeof own === 'string' ? `${error.instancePath}/${pointerToken(own)}` : error.instancePath;
}

function sentence(error: ErrorObject): string {
  const special = SENTENCES[error.keyword];
  if (special) return special(error);
  return `${subject(error)} ${error.message ?? 'is not allowed'}.`;
}

type Sentence = (error: ErrorObject) => string;

const SENTENCES: Record<string, Sentence> = {
  required: ({ params }) => `“${short(params.missingProperty)}” is missing.`,
  additionalProperties: (error) => unknownField(error, error.params.additionalProperty),
  unevaluatedProperties: (error) => unknownField(error, error.params.unevaluatedProperty),
  propertyNames: unknownName,
  type: (error) => `${subject(error)} must be ${typeNames(error.params.type)}.`,
  enum: notInList,
  const: (error) => `${subject(error)} must be ${short(JSON.stringify(error.params.allowedValue))}.`,
  minimum: (error) => `${subject(error)} must be at least ${error.params.limit}.`,
  maximum: (error) => `${subject(error)} must be at most ${error.params.limit}.`,
  exclusiveMinimum: (error) => `${subject(error)} must be more than ${error.params.limit}.`,
  exclusiveMaximum: (error) => `${subject(error)} must be less than ${error.params.limit}.`,
  minLength: (error) => `${subject(error)} must have at least ${plural(error.params.limit, 'character')}.`,
  maxLength: (error) => `${subject(error)} must have at most ${plural(error.params.limit, 'character')}.`,
  minItems: (error) => `${subject(error)} must have at least ${plural(error.params.limit, 'item')}.`,
  maxItems: (error) => `${subject(error)} must have at most ${plural(error.params.limit, 'item')}.`,
  minProperties: (error) => `${subject(error)} must have at least ${plural(error.params.limit, 'field')}.`,
  maxProperties: (error) => `${subject(error)} must have at most ${plural(error.params.limit, 'field')}.`,
  uniqueItems: (error) => `${subject(error)} must not hold the same item twice.`,
  format: (error) => `${subject(error)} must be ${FORMATS[error.params.format] ?? `a valid ${error.params.format}`}.`,
  pattern: wrongForm,
  anyOf: noneFits,
  oneOf: noneFits,
  'false schema': (error) => `${subject(error)} is not allowed here.`,
};

const FORMATS: Record<string, string> = {
  'date-time': 'an RFC 3339 time with its zone, such as 2026-11-21T10:00:00.000Z',
  date: 'a date such as 2026-11-21',
  email: 'an e-mail address',
  uuid: 'a UUID',
};

function unknownField(error: ErrorObject, name: string): string {
  const known = Object.keys(error.parentSchema?.properties ?? {});
  return `There is no field “${short(name)}” here${suggestion(name, known)}`;
}

function unknownName(error: ErrorObject): string {
  const name = String(error.params.propertyName);
  const known = (error.schema as { enum?: unknown } | undefined)?.enum;
  if (Array.isArray(known)) return `“${short(name)}” cannot stand here${suggestion(name, known.map(String))}`;
  return `“${short(name)}” cannot be a name here.`;
}

function notInList(error: ErrorObject): string {
  const allowed: unknown[] = error.params.allowedValues;
  const words = allowed.filter((value) => typeof value === 'string');
  const near = typeof error.data === 'string' ? nearest(error.data, words) : null;
  const list = allowed.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))).join(', ');
  return `${subject(error)} must be one of: ${short(list, 1000)}.${near ? ` Did you mean “${near}”?` : ''}`;
}

function wrongForm(error: ErrorObject): string {
  const { description: says, examples } = error.parentSchema ?? {};
  const [word = ''] = typeof error.data === 'string' ? error.data.split(':') : [];
  const near = Array.isArray(examples) ? nearest(word, examples.map(String)) : null;
  const meant = near !== null && near !== word ? ` Did you mean “${near}”?` : '';
  if (typeof says === 'string') return `${subject(error)} does not have the right form.${meant} ${says}`;
  return `${subject(error)} must match ${short(String(error.params.pattern))}.`;
}

/** Where the branches of a union only say which fields must stand together, they are named. */
function noneFits(error: ErrorObject): string {
  const branches: unknown[] = Array.isArray(error.schema) ? error.schema : [];
  const lists = branches.map((branch) => (branch as { required?: unknown } | null)?.required);
  if (error.keyword === 'anyOf' && lists.length > 0 && lists.every(Array.isArray)) {
    const ways = (lists as string[][]).map((names) => names.map((name) => `“${name}”`).join(' and '));
    return `${subject(error)} needs ${ways.join(', or ')}.`;
  }
  return `${subject(error)} fits none of the forms that are allowed here.`;
}

function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known);
  if (near) return `; did you mean “${near}”?`;
  return known.length > 0 && known.length <= 30 ? `; there are: ${known.join(', ')}.` : '.';
}

function typeNames(type: string | string[]): string {
  const names = Array.isArray(type) ? type : type.split(',');
  return names.map((name) => (name === 'null' ? 'null' : `${/^[aeio]/.test(name) ? 'an' : 'a'} ${name}`)).join(' or ');
}

function subject(error: ErrorObject): string {
  const tokens = error.instancePath.split('/').slice(1);
  const last = tokens[tokens.length - 1];
  if (last === undefined) return 'This';
  const name = short(last.replaceAll('~1', '/').replaceAll('~0', '~'));
  const owner = tokens[tokens.length - 2];
  return /^\d+$/.test(name) && owner !== undefined ? `Item ${name} of “${short(owner)}”` : `“${name}”`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function short(text: string, length = 80): string {
  return text.length > length ? `${text.slice(0, length)}…` : text;
}
