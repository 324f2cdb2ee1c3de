import fc, { type Arbitrary } from 'fast-check';

type Schema = Record<string, unknown>;

/** Words that stand somewhere in a flow, so that a guess often goes further than the first check. */
const WORDS = [
  'wf_otp',
  'whatsapp',
  'sms',
  'tpl_otp_sms',
  'tpl_otp_wa',
  '+393351234567',
  'ann@example.com',
  'inv_1',
  '1',
];
export const word: Arbitrary<string> = fc.oneof(
  fc.constantFrom(...WORDS, '', '*', '"1"', 'wait=0', 'draft', '2026-11-21T10:00:00.000Z', 'silent', 'Europe/Rome'),
  fc.string({ unit: 'binary', maxLength: 30 }),
);
const wild: Arbitrary<unknown> = fc.oneof(
  word,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom(null, [], {}, { __proto__: null, constructor: 1 }, [[[[1]]]]),
  fc.jsonValue({ maxDepth: 3 }),
);

/** Values that mostly meet the schema, of a document's component or inline, and now and then do not. */
export function fromSchema(schema: Schema, components: Record<string, Schema>): Arbitrary<unknown> {
  return fc.oneof({ arbitrary: wild, weight: 1 }, { arbitrary: meeting(schema, components), weight: 12 });
}

function meeting(schema: Schema, components: Record<string, Schema>): Arbitrary<unknown> {
  if (typeof schema.$ref === 'string') return meeting(components[schema.$ref.split('/').pop() ?? ''] ?? {}, components);
  if (schema.if)
    return fc.oneof(fromSchema(schema.then as Schema, components), fromSchema(schema.else as Schema, components));
  if (Array.isArray(schema.enum)) return fc.constantFrom(...schema.enum);
  const types = Array.isArray(schema.type) ? schema.type : [schema.type];
  return fc.oneof(...types.map((type) => ofType(String(type), schema, components)));
}

function ofType(type: string, schema: Schema, components: Record<string, Schema>): Arbitrary<unknown> {
  if (type === 'object') return anObject(schema, components);
  if (type === 'array') return fc.array(fromSchema((schema.items ?? {}) as Schema, components), { maxLength: 3 });
  if (type === 'integer') return fc.oneof(fc.integer({ min: 0, max: 100 }), fc.constantFrom(-1, 1e9, 1.5));
  if (type === 'boolean') return fc.boolean();
  if (type === 'null') return fc.constant(null);
  return type === 'string' ? word : wild;
}

function anObject(schema: Schema, components: Record<string, Schema>): Arbitrary<unknown> {
  const properties = Object.entries((schema.properties ?? {}) as Record<string, Schema>);
  if (properties.length === 0) return fc.dictionary(word, wild, { maxKeys: 3 });
  const model = Object.fromEntries(properties.map(([name, child]) => [name, fromSchema(child, components)]));
  return fc.record(model, { requiredKeys: (schema.required ?? []) as string[] });
}
