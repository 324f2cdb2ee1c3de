import {
  isSupportedCountry,
  type NumberType,
  ParseError,
  type PhoneNumber,
  parsePhoneNumberWithError,
  validatePhoneNumberLength,
} from 'libphonenumber-js/max';
import type { Mode } from '../schemas/vocabulary';

/** `either`: the plan of the country does not tell, as in North America. `unknown`: no range of it is known. */
export type PhoneKind = 'mobile' | 'landline' | 'either' | 'premium' | 'other' | 'unknown';

export type PhoneReading =
  | {
      ok: true;
      /** `+` and digits (ITU-T E.164). */
      e164: string;
      /** ISO 3166-1 alpha-2; null where a number belongs to none, or to one of several that cannot be told apart. */
      country: string | null;
      kind: PhoneKind;
    }
  /** Holds nothing of the number. */
  | { ok: false; message: string };

const CLEAN = /^\+[1-9][0-9]{6,14}$/;
const NO_DIGIT = /[^0-9]/g;

/** A reading takes some 20 us, and one number is asked for several times within one invocation. */
const READINGS_HELD = 2_000;
const readings = new Map<string, PhoneReading>();

/**
 * A number with its country code, however people write around it, as libphonenumber's metadata has it. A number that the
 * country's plan allows for by its length is read, also where the range is not known to be in use: plans grow.
 */
export function readPhone(text: string): PhoneReading {
  const held = readings.get(text);
  if (held) return held;
  const reading = read(text);
  const oldest = readings.size >= READINGS_HELD ? readings.keys().next() : null;
  if (oldest && !oldest.done) readings.delete(oldest.value);
  readings.set(text, reading);
  return reading;
}

/**
 * The number as it is stored, sent to and found by. In test mode nothing is sent to anybody: whatever has the form of
 * E.164 is taken, and a clean number is not read at all.
 */
export function settlePhone(text: string, mode: Mode): { ok: true; e164: string } | { ok: false; message: string } {
  if (mode === 'test' && CLEAN.test(text)) return { ok: true, e164: text };
  const reading = readPhone(text);
  if (reading.ok || mode === 'live') return reading;
  const plain = withoutMarks(text);
  return CLEAN.test(plain) ? { ok: true, e164: plain } : reading;
}

/** An address to look for: a phone number as it would be stored, anything else as it is. */
export function settledAddress(text: string, mode: Mode): string {
  if (!text.trimStart().startsWith('+')) return text;
  const settled = settlePhone(text, mode);
  return settled.ok ? settled.e164 : text;
}

/** Whether numbers of that country can be told by readPhone. @param code ISO 3166-1 alpha-2 */
export function isPhoneCountry(code: string): boolean {
  return isSupportedCountry(code);
}

/** `+` and the digits. */
export function withoutMarks(text: string): string {
  return `+${text.replace(NO_DIGIT, '')}`;
}

function read(text: string): PhoneReading {
  const plain = withoutMarks(text);
  try {
    const number = parsePhoneNumberWithError(plain);
    if (!number.isPossible()) return { ok: false, message: wrongLength(plain) };
    return { ok: true, e164: number.number, country: number.country ?? null, kind: kindOf(number) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const unknownCountry = error.message === 'INVALID_COUNTRY';
    return { ok: false, message: unknownCountry ? 'No country has this country code.' : wrongLength(plain) };
  }
}

function wrongLength(plain: string): string {
  switch (validatePhoneNumberLength(plain)) {
    case 'TOO_SHORT':
      return 'The number is too short for its country.';
    case 'TOO_LONG':
      return 'The number is too long for its country.';
    default:
      return 'Its country has no numbers of this length.';
  }
}

const KINDS: Partial<Record<NonNullable<NumberType>, PhoneKind>> = {
  MOBILE: 'mobile',
  FIXED_LINE: 'landline',
  FIXED_LINE_OR_MOBILE: 'either',
  PREMIUM_RATE: 'premium',
};

function kindOf(number: PhoneNumber): PhoneKind {
  const type = number.getType();
  return type === undefined ? 'unknown' : (KINDS[type] ?? 'other');
}
