import { ADDRESS_FIELDS } from '../../../core/address';
import type { FlowDefinition } from '../../../schemas/flow';
import type { Recipient } from '../../../schemas/invocation';
import { sendsOf } from './flow-steps';

/** Nobody's: of the ranges that are kept for examples where there are such. */
const ADDRESSES = {
  phone: '+393351234567',
  email: 'ann@example.com',
  pushToken: 'the-token-of-the-app',
  messengerId: 'U4af4980629',
  id: 'user-1',
} as const satisfies Recipient;

/** Every address that the flow's channels send to, once. */
export function exampleRecipient(definition: FlowDefinition): Recipient {
  const recipient: Recipient = {};
  // Consents are kept by the recipient's own ID too.
  if (definition.requireConsent) recipient.id = ADDRESSES.id;
  for (const { channel } of sendsOf(definition)) {
    const field = ADDRESS_FIELDS[channel]?.[0];
    if (field) recipient[field] = ADDRESSES[field];
  }
  if (Object.keys(recipient).length === 0) recipient.id = ADDRESSES.id;
  const { quietHours } = definition;
  if (quietHours && (quietHours.timezone ?? 'recipient') === 'recipient') recipient.timezone = 'Europe/Rome';
  return recipient;
}

/** Reachable on every channel there is. */
export function everybody(timezone: string): Recipient {
  return { ...ADDRESSES, timezone };
}

type Schema = Readonly<Record<string, unknown>>;

/** A value for each variable that an invocation of the flow is held to. */
export function exampleVariables(definition: FlowDefinition): Record<string, unknown> {
  const value = exampleOf((definition.variables ?? {}) as Schema, '');
  return isRecord(value) ? value : {};
}

/** A value that meets the schema, as far as its usual words go; strings are guessed by the name. */
function exampleOf(schema: Schema, name: string): unknown {
  if ('const' in schema) return schema.const;
  for (const list of [schema.examples, schema.enum]) if (Array.isArray(list) && list.length > 0) return list[0];
  if ('default' in schema) return schema.default;
  const type = Array.isArray(schema.type) ? schema.type.find((one) => one !== 'null') : schema.type;
  switch (type ?? (isRecord(schema.properties) || name === '' ? 'object' : 'string')) {
    case 'object':
      return Object.fromEntries(
        Object.entries(isRecord(schema.properties) ? schema.properties : {}).map(([key, one]) => [
          key,
          exampleOf(isRecord(one) ? one : {}, key),
        ]),
      );
    case 'array': {
      const item = isRecord(schema.items) ? schema.items : {};
      return Array.from({ length: Math.max(1, Number(schema.minItems ?? 1)) }, () => exampleOf(item, name));
    }
    case 'integer':
    case 'number':
      return Number(schema.minimum ?? schema.exclusiveMaximum ?? schema.maximum ?? 3);
    case 'boolean':
      return true;
    case 'null':
      return null;
    default:
      return exampleText(schema, name);
  }
}

const FORMATS: Record<string, string> = {
  'date-time': '2026-12-01T09:30:00.000Z',
  date: '2026-12-01',
  time: '09:30:00Z',
  email: ADDRESSES.email,
  uri: 'https://example.com/a',
  uuid: '2f1c9a52-5d0c-4a53-9d4a-0c1f6c3a7b10',
};

/** By a word in the variable's name. */
const GUESSES: readonly [RegExp, string][] = [
  [/code|otp|pin/i, '493021'],
  [/name/i, 'Ann'],
  [/url|link/i, 'https://example.com/a'],
  [/mail/i, ADDRESSES.email],
  [/phone|mobile/i, ADDRESSES.phone],
  [/date|day/i, '1 December'],
  [/time|hour/i, '09:30'],
  [/amount|price|total/i, '12.50'],
  [/order|number|id$/i, '77'],
  [/where|place|city/i, 'Rome'],
];
const OTHERS = ['493021', '77', '1', 'Ann', 'A1', 'ABC123', '2026-12-01', '09:30', '12.50', 'https://example.com/a'];

function exampleText(schema: Schema, name: string): string {
  const guess = FORMATS[String(schema.format)] ?? GUESSES.find(([word]) => word.test(name))?.[1] ?? 'something';
  const pattern = typeof schema.pattern === 'string' ? new RegExp(schema.pattern, 'u') : null;
  const fitted = [guess, ...OTHERS].map((one) => sized(one, schema));
  return fitted.find((one) => pattern === null || pattern.test(one)) ?? fitted[0] ?? guess;
}

function sized(text: string, { minLength, maxLength }: Schema): string {
  const short = text.slice(0, Number(maxLength ?? text.length));
  return short.padEnd(Number(minLength ?? 0), short.at(-1) ?? 'a');
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
