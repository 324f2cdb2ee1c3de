import type { AnySchemaObject } from 'ajv';
import Ajv2020 from 'ajv/dist/2020';
import { fastFormats } from 'ajv-formats/dist/formats';
import { explain } from './explain';
import { linearRegExp } from './linear-regexp';
import type { FieldError } from './problem';
import { isDateTime } from './validate';
import { DIALECT, SAFE_FORMATS } from './variables-keywords';
import { surveySchema } from './variables-survey';

/** A flow's own `variables` schema is customer input. Sizes in bytes of JSON; the rest in variables-survey.ts. */
export const VARIABLES_LIMITS = {
  schemaBytes: 16_384,
  schemaDepth: 16,
  /** Of the variables of one invocation. */
  values: 1000,
  depth: 16,
  /** Of all strings together. */
  characters: 65_536,
} as const;

const formats = {
  ...Object.fromEntries(SAFE_FORMATS.map((name) => [name, fastFormats[name]])),
  'date-time': { validate: isDateTime },
};

/** One for each schema, so that a schema no longer used can be forgotten with all that ajv made of it. */
function ajvFor() {
  return new Ajv2020({
    strict: false,
    allErrors: true,
    verbose: true,
    // Patterns run in linear time, whatever they are.
    code: { regExp: linearRegExp },
    formats,
    logger: false,
  });
}

const metaValidator = new Ajv2020({ strict: false, allErrors: true, verbose: true, logger: false });

/**
 * What is wrong with a `variables` schema, with pointers into it; empty where it can be compiled. Everything that
 * could make judging by it slow is refused here: size, depth, reference cycles, what the references multiply to.
 */
export function checkVariablesSchema(schema: unknown): FieldError[] {
  if (schema === null || typeof schema !== 'object' || Array.isArray(schema)) {
    return [{ pointer: '', message: 'The schema of the variables must be an object.' }];
  }
  const bytes = Buffer.byteLength(JSON.stringify(schema));
  const { schemaBytes, schemaDepth } = VARIABLES_LIMITS;
  if (bytes > schemaBytes) return [{ pointer: '', message: `The schema has ${bytes} bytes; at most ${schemaBytes}.` }];
  if (measure(schema, schemaDepth).tooDeep) {
    return [{ pointer: '', message: `The schema nests deeper than ${schemaDepth} levels.` }];
  }
  const root = schema as AnySchemaObject;
  if (root.type !== 'object') {
    return [{ pointer: '/type', message: 'Variables are named: the schema needs "type": "object".' }];
  }
  if (root.$schema !== undefined && root.$schema !== DIALECT) {
    return [{ pointer: '/$schema', message: `Only ${DIALECT} is known here.` }];
  }
  const surveyed = surveySchema(root);
  if (surveyed.length > 0) return surveyed;
  if (!metaValidator.validateSchema(root)) return explain(metaValidator.errors ?? []);
  return compileErrors(root);
}

/** The last resort: what ajv alone can tell. */
function compileErrors(schema: AnySchemaObject): FieldError[] {
  try {
    ajvFor().compile(schema);
    return [];
  } catch (error) {
    const says = error instanceof Error ? error.message : String(error);
    return [{ pointer: '', message: `The schema cannot be used: ${says.slice(0, 300)}.` }];
  }
}

/**
 * A checked schema made ready; the caller keeps the answer by flow version. Without a schema any variables will do, up
 * to the same bounds. Pointers begin with /variables.
 * @throws for a schema that checkVariablesSchema refuses.
 */
export function compileVariables(schema: object | undefined): (variables: unknown) => FieldError[] {
  const validate = schema === undefined ? null : ajvFor().compile(schema as AnySchemaObject);
  return (variables) => {
    const size = measure(variables, VARIABLES_LIMITS.depth);
    const bound = oversize(size);
    if (bound !== null) return [{ pointer: '/variables', message: bound }];
    if (validate === null || validate(variables)) return [];
    return explain(validate.errors ?? [], '/variables');
  };
}

function oversize(size: Size): string | null {
  const { values, depth, characters } = VARIABLES_LIMITS;
  if (size.tooDeep) return `The variables nest deeper than ${depth} levels.`;
  if (size.values > values) return `The variables hold more than ${values} values.`;
  if (size.characters > characters) return `The variables hold more than ${characters} characters.`;
  return null;
}

interface Size {
  values: number;
  characters: number;
  tooDeep: boolean;
}

/** Counts what stands in a JSON value, to a depth of `limit`. */
function measure(value: unknown, limit: number): Size {
  const size: Size = { values: 0, characters: 0, tooDeep: false };
  count(value, limit, size);
  return size;
}

function count(value: unknown, left: number, size: Size): void {
  size.values++;
  if (typeof value === 'string') size.characters += value.length;
  if (value === null || typeof value !== 'object') return;
  if (left === 0) {
    size.tooDeep = true;
    return;
  }
  for (const key in value) {
    size.characters += key.length;
    count((value as Record<string, unknown>)[key], left - 1, size);
  }
}
