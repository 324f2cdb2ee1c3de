/**
 * The keywords of JSON Schema 2020-12 that a flow's `variables` schema may use, by where further schemas stand in
 * them. What is not here is refused: other dialects, anchors, and references that leave the schema.
 */
export const SCHEMA_KEYWORDS = {
  additionalProperties: 'schema',
  contains: 'schema',
  else: 'schema',
  if: 'schema',
  items: 'schema',
  not: 'schema',
  propertyNames: 'schema',
  // biome-ignore lint/suspicious/noThenProperty: `then` is JSON Schema's own word.
  then: 'schema',
  unevaluatedItems: 'schema',
  unevaluatedProperties: 'schema',
  allOf: 'list',
  anyOf: 'list',
  oneOf: 'list',
  prefixItems: 'list',
  $defs: 'definitions',
  definitions: 'definitions',
  dependentSchemas: 'map',
  patternProperties: 'map',
  properties: 'map',
} as const;

export type SubschemaKind = (typeof SCHEMA_KEYWORDS)[keyof typeof SCHEMA_KEYWORDS];

/** Keywords that hold values, names or notes. */
export const PLAIN_KEYWORDS = [
  '$comment',
  '$ref',
  '$schema',
  'const',
  'contentEncoding',
  'contentMediaType',
  'default',
  'dependentRequired',
  'deprecated',
  'description',
  'enum',
  'examples',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'maxContains',
  'maxItems',
  'maxLength',
  'maxProperties',
  'maximum',
  'minContains',
  'minItems',
  'minLength',
  'minProperties',
  'minimum',
  'multipleOf',
  'pattern',
  'readOnly',
  'required',
  'title',
  'type',
  'uniqueItems',
  'writeOnly',
] as const;

/** Formats that are checked in linear time. */
export const SAFE_FORMATS = ['date-time', 'date', 'time', 'email', 'uuid', 'ipv4', 'uri'] as const;

export const DIALECT = 'https://json-schema.org/draft/2020-12/schema';
