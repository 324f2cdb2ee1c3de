import { type Validation, type Validator, validator } from '../schemas/validate';

type Properties = Record<string, { type?: unknown }>;

/**
 * Judges a query by its schema. A query knows only text, so that what the schema calls an integer is read as one first;
 * the pointers begin with /query.
 */
export function queryReader(schema: object, name: string): (search: URLSearchParams) => Validation<unknown> {
  const judge: Validator<unknown> = validator(schema, name);
  const { properties } = schema as { properties?: Properties };
  return (search) => {
    const values: Record<string, unknown> = {};
    for (const [key, text] of search) {
      const integer = Object.hasOwn(properties ?? {}, key) && properties?.[key]?.type === 'integer';
      const value = integer && /^-?\d{1,15}$/.test(text) ? Number(text) : text;
      Object.defineProperty(values, key, { value, enumerable: true, configurable: true });
    }
    const result = judge(values);
    if (result.ok) return result;
    return { ok: false, errors: result.errors.map((error) => ({ ...error, pointer: `/query${error.pointer}` })) };
  };
}
