import { MAX_FIELD_ERRORS, nearest, pointerToken } from './explain';
import { judgePattern } from './linear-regexp';
import type { FieldError } from './problem';
import { PLAIN_KEYWORDS, SAFE_FORMATS, SCHEMA_KEYWORDS, type SubschemaKind } from './variables-keywords';

type Schema = Record<string, unknown>;

/** What judging one value by the schema may cost at most, once every reference is written out in full. */
export const SURVEY_LIMITS = { properties: 200, cost: 1000, programs: 2000 } as const;

/** No escapes: there is one reading of a reference, ours and ajv's. */
const LOCAL_REFERENCE = /^#(\/[A-Za-z0-9_$.-]+)*$/;

/** Of these ajv finds a twin by a table; of anything else by comparing every pair. */
const PLAIN_TYPES = ['string', 'number', 'integer', 'boolean', 'null'] as const;
/** A pattern among them, as patternProperties has it, included. */
const MAX_NAME = 128;

interface Survey {
  root: Schema;
  /** Every schema found, by its pointer: a reference leads to one of them or nowhere. */
  schemas: Map<string, Schema>;
  properties: number;
  programs: Map<Schema, number>;
  errors: FieldError[];
}

/** Walks a schema keyword by keyword; pointers are into it. Its JSON is bounded in size and depth by the caller. */
export function surveySchema(root: Schema): FieldError[] {
  const survey: Survey = { root, schemas: new Map(), properties: 0, programs: new Map(), errors: [] };
  visit(survey, root, '');
  const { properties } = survey;
  if (properties > SURVEY_LIMITS.properties) {
    report(survey, '', `The schema names ${properties} properties; at most ${SURVEY_LIMITS.properties}.`);
  }
  if (survey.errors.length === 0) weighRoot(survey);
  return survey.errors.slice(0, MAX_FIELD_ERRORS);
}

function report(survey: Survey, pointer: string, message: string): void {
  survey.errors.push({ pointer, message });
}

function visit(survey: Survey, schema: unknown, pointer: string): void {
  if (typeof schema === 'boolean') return;
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) {
    report(survey, pointer, 'A schema must stand here: an object, true or false.');
    return;
  }
  survey.schemas.set(pointer, schema as Schema);
  for (const [keyword, value] of Object.entries(schema)) {
    const here = `${pointer}/${pointerToken(keyword)}`;
    const kind = (SCHEMA_KEYWORDS as Record<string, SubschemaKind | undefined>)[keyword];
    if (Object.hasOwn(SCHEMA_KEYWORDS, keyword) && kind) visitSubschemas(survey, kind, value, here, keyword);
    else checkPlain(survey, schema as Schema, keyword, value, here);
  }
}

function visitSubschemas(survey: Survey, kind: SubschemaKind, value: unknown, pointer: string, keyword: string): void {
  if (kind === 'schema') visit(survey, value, pointer);
  else if (kind === 'list') {
    if (!Array.isArray(value)) report(survey, pointer, `“${keyword}” must be a list of schemas.`);
    else for (const [index, child] of value.entries()) visit(survey, child, `${pointer}/${index}`);
  } else if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    report(survey, pointer, `“${keyword}” must be an object of schemas.`);
  } else {
    for (const [name, child] of Object.entries(value))
      visitNamed(survey, keyword, value as Schema, name, child, pointer);
  }
}

function visitNamed(
  survey: Survey,
  keyword: string,
  owner: Schema,
  name: string,
  child: unknown,
  pointer: string,
): void {
  const here = `${pointer}/${pointerToken(name)}`;
  if (name.length > MAX_NAME) {
    report(survey, here, `A name can have at most ${MAX_NAME} characters.`);
    return;
  }
  if (keyword === 'properties') survey.properties++;
  if (keyword === 'patternProperties') checkPattern(survey, owner, name, here);
  visit(survey, child, here);
}

function checkPlain(survey: Survey, schema: Schema, keyword: string, value: unknown, pointer: string): void {
  if (keyword === '$ref') checkReference(survey, value, pointer);
  else if (keyword === 'pattern') {
    if (typeof value === 'string') checkPattern(survey, schema, value, pointer);
    else report(survey, pointer, 'A pattern must be a string.');
  } else if (keyword === 'format') {
    if ((SAFE_FORMATS as readonly unknown[]).includes(value)) return;
    report(survey, pointer, `The formats that can be checked are ${SAFE_FORMATS.join(', ')}.`);
  } else if (keyword === 'uniqueItems') {
    if (value !== true || hasPlainItems(schema)) return;
    report(survey, pointer, 'Unique items need one plain type of their own, such as "items": {"type": "string"}.');
  } else if (keyword === '$schema' && pointer !== '/$schema') {
    report(survey, pointer, '“$schema” can only stand at the top.');
  } else if (!(PLAIN_KEYWORDS as readonly string[]).includes(keyword) && !keyword.startsWith('x-')) {
    report(survey, pointer, unknownKeyword(keyword));
  }
}

function hasPlainItems({ items }: Schema): boolean {
  const type = items !== null && typeof items === 'object' ? (items as Schema).type : undefined;
  return (PLAIN_TYPES as readonly unknown[]).includes(type);
}

function unknownKeyword(keyword: string): string {
  const shown = `“${keyword.slice(0, 80)}”`;
  if (keyword.startsWith('$')) return `${shown} is not allowed here: a schema refers only to itself, by “$ref”.`;
  const near = nearest(keyword, [...PLAIN_KEYWORDS, ...Object.keys(SCHEMA_KEYWORDS)]);
  const hint = near ? `; did you mean “${near}”?` : '. A note of your own begins with “x-”.';
  return `${shown} is not a keyword of JSON Schema 2020-12${hint}`;
}

function checkPattern(survey: Survey, owner: Schema, pattern: string, pointer: string): void {
  const { problem, program } = judgePattern(pattern);
  if (problem) report(survey, pointer, problem);
  else survey.programs.set(owner, (survey.programs.get(owner) ?? 0) + program);
}

function checkReference(survey: Survey, value: unknown, pointer: string): void {
  if (typeof value !== 'string' || !LOCAL_REFERENCE.test(value)) {
    report(survey, pointer, 'A “$ref” can only lead into this schema itself, by plain names, such as #/$defs/name.');
  }
}

/** The schema a local reference leads to, or null where it leads to none. */
function target(survey: Survey, reference: string): Schema | boolean | null {
  const pointer = reference.slice(1);
  return survey.schemas.get(pointer) ?? booleanAt(survey.root, pointer);
}

/** `true` and `false` are schemas too, without a place of their own in the survey. */
function booleanAt(root: Schema, pointer: string): boolean | null {
  let at: unknown = root;
  for (const token of pointer.split('/').slice(1)) {
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, token)) return null;
    at = (at as Schema)[token];
  }
  return typeof at === 'boolean' ? at : null;
}

interface Weight {
  cost: number;
  programs: number;
}

function weighRoot(survey: Survey): void {
  const known = new Map<Schema, Weight | 'open'>();
  const weight = weigh(survey, known, survey.root, '');
  if (survey.errors.length > 0) return;
  if (weight.cost > SURVEY_LIMITS.cost) {
    report(survey, '', 'Written out in full the schema is too large: refer less often, or to smaller schemas.');
  } else if (weight.programs > SURVEY_LIMITS.programs) {
    report(survey, '', 'The patterns together are too large: use fewer, or smaller counts.');
  }
}

/** What a schema comes to with every reference written out; a reference back to where it stands has no end. */
function weigh(survey: Survey, known: Map<Schema, Weight | 'open'>, schema: Schema, pointer: string): Weight {
  const before = known.get(schema);
  if (before === 'open') {
    if (survey.errors.length === 0) report(survey, pointer, 'A “$ref” may not lead back to where it stands.');
    return { cost: 0, programs: 0 };
  }
  if (before) return before;
  known.set(schema, 'open');
  const sum: Weight = { cost: 1, programs: 0 };
  sum.programs += survey.programs.get(schema) ?? 0;
  const { patternProperties } = schema;
  if (patternProperties) sum.programs += survey.programs.get(patternProperties as Schema) ?? 0;
  for (const [child, here] of children(survey, schema, pointer)) {
    const weight = weigh(survey, known, child, here);
    sum.cost = Math.min(sum.cost + weight.cost, Number.MAX_SAFE_INTEGER);
    sum.programs = Math.min(sum.programs + weight.programs, Number.MAX_SAFE_INTEGER);
  }
  known.set(schema, sum);
  return sum;
}

function* children(survey: Survey, schema: Schema, pointer: string): Generator<[Schema, string]> {
  if (typeof schema.$ref === 'string') {
    const found = target(survey, schema.$ref);
    if (found === null) report(survey, `${pointer}/$ref`, 'This “$ref” leads nowhere.');
    else if (typeof found === 'object') yield [found, `${pointer}/$ref`];
  }
  for (const [keyword, kind] of Object.entries(SCHEMA_KEYWORDS)) {
    // Definitions count where they are referred to.
    if (kind === 'definitions' || !Object.hasOwn(schema, keyword)) continue;
    const value = schema[keyword];
    const list: [string, unknown][] = kind === 'schema' ? [['', value]] : Object.entries(value as object);
    for (const [name, child] of list) {
      const here = `${pointer}/${keyword}${kind === 'schema' ? '' : `/${pointerToken(name)}`}`;
      if (child !== null && typeof child === 'object') yield [child as Schema, here];
    }
  }
}
