import type { FlowDefinition } from '../../../schemas/flow';

export const VARIABLE_TYPES = ['string', 'integer', 'number', 'boolean', 'array', 'object'] as const;
export type VariableType = (typeof VARIABLE_TYPES)[number];

/** One variable of a flow as the table shows it; the JSON Schema may say more of it, which is kept. */
export interface Variable {
  name: string;
  /** Null where the schema says none or several. */
  type: VariableType | null;
  required: boolean;
  maxLength: number | null;
  example: unknown;
}

type Schema = NonNullable<FlowDefinition['variables']>;
type Property = Record<string, unknown>;

export function variablesOf({ variables }: Pick<FlowDefinition, 'variables'>): Variable[] {
  const required = new Set(requiredOf(variables));
  return Object.entries(propertiesOf(variables)).map(([name, property]) => ({
    name,
    type: VARIABLE_TYPES.find((type) => type === property.type) ?? null,
    required: required.has(name),
    maxLength: typeof property.maxLength === 'number' ? property.maxLength : null,
    example: Array.isArray(property.examples) ? property.examples[0] : undefined,
  }));
}

/** By name, where there is one. */
export function examplesOf(definition: Pick<FlowDefinition, 'variables'>): Record<string, unknown> {
  const known = variablesOf(definition).filter(({ example }) => example !== undefined);
  return Object.fromEntries(known.map(({ name, example }) => [name, example]));
}

/** The schema with the variable as it is now; under the name that it had, where it is renamed. */
export function withVariable(schema: Schema | undefined, was: string | null, variable: Variable): Schema {
  const properties = propertiesOf(schema);
  const before = was === null ? {} : (properties[was] ?? {});
  const entries = Object.entries(properties).map(([name, property]): [string, Property] =>
    name === was ? [variable.name, propertyOf(before, variable)] : [name, property],
  );
  if (was === null) entries.push([variable.name, propertyOf(before, variable)]);
  const others = requiredOf(schema).filter((name) => name !== was && name !== variable.name);
  return written(schema, Object.fromEntries(entries), variable.required ? [...others, variable.name] : others);
}

/** Undefined once nothing is left of it. */
export function withoutVariable(schema: Schema | undefined, name: string): Schema | undefined {
  const { [name]: _gone, ...properties } = propertiesOf(schema);
  if (Object.keys(properties).length === 0) return undefined;
  const required = requiredOf(schema).filter((one) => one !== name);
  return written(schema, properties, required);
}

/** What was typed, as a value of the type. Undefined for nothing. */
export function exampleFrom(text: string, type: VariableType | null): unknown {
  if (text === '') return undefined;
  if (type === 'string' || type === null) return text;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

function written(schema: Schema | undefined, properties: Record<string, Property>, required: string[]): Schema {
  const { required: _required, properties: _properties, ...rest } = (schema ?? {}) as Record<string, unknown>;
  return {
    type: 'object',
    additionalProperties: false,
    ...rest,
    ...(required.length > 0 ? { required } : {}),
    properties,
  };
}

function propertyOf(before: Property, { type, maxLength, example }: Variable): Property {
  const { type: _type, maxLength: _maxLength, examples, ...rest } = before;
  const others = Array.isArray(examples) ? examples.slice(1) : [];
  return {
    ...(type === null ? (before.type === undefined ? {} : { type: before.type }) : { type }),
    ...(maxLength === null || (type !== null && type !== 'string') ? {} : { maxLength }),
    ...rest,
    ...(example === undefined ? {} : { examples: [example, ...others] }),
  };
}

function propertiesOf(schema: Schema | undefined): Record<string, Property> {
  const properties = (schema as Property | undefined)?.properties;
  return typeof properties === 'object' && properties !== null ? (properties as Record<string, Property>) : {};
}

function requiredOf(schema: Schema | undefined): string[] {
  const required = (schema as Property | undefined)?.required;
  return Array.isArray(required) ? required.map(String) : [];
}
