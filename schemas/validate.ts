import type { FormatDefinition, ValidateFunction } from 'ajv';
import Ajv2020 from 'ajv/dist/2020';
import { fullFormats } from 'ajv-formats/dist/formats';
import { explain } from './explain';
import type { FieldError } from './problem';

export type Validation<T> = { ok: true; value: T } | { ok: false; errors: FieldError[] };
export type Validator<T> = (value: unknown) => Validation<T>;

const rfc3339 = fullFormats['date-time'] as FormatDefinition<string>;
const isRfc3339 = rfc3339.validate as (text: string) => boolean;

/** An RFC 3339 time that a clock can hold as well: a leap second is none. */
export function isDateTime(text: string): boolean {
  return isRfc3339(text) && !Number.isNaN(Date.parse(text));
}

const ajv = new Ajv2020({
  strict: true,
  allowUnionTypes: true,
  allErrors: true,
  // What the sentences in explain.ts are made of.
  verbose: true,
  formats: { 'date-time': { validate: isDateTime }, email: fullFormats.email },
});

/**
 * The one way to judge foreign data: nothing is coerced, nothing is filled in, the value itself is given back typed.
 * The schema is compiled at its first use. `name` is what a bug in the schema is reported under.
 */
export function validator<T>(schema: object, name: string): Validator<T> {
  let compiled: ValidateFunction | null = null;
  return (value) => {
    compiled ??= compile(schema, name);
    if (compiled(value)) return { ok: true, value: value as T };
    return { ok: false, errors: explain(compiled.errors ?? []) };
  };
}

function compile(schema: object, name: string): ValidateFunction {
  try {
    return ajv.compile(schema);
  } catch (cause) {
    throw new Error(`the schema of ${name} does not compile`, { cause });
  }
}
