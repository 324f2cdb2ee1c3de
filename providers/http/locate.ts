import { compilePattern } from '../../schemas/linear-regexp';
import { isDateTime } from '../../schemas/validate';
import type { Answer } from '../http-call';
import type { Condition, Place, StatusList, TimeFormat, Unit } from './settings';

const BACKSLASH = 92;
const QUOTE = 34;
const MINUS = 45;
/** So many digits may be more than a double holds. */
const LONG_DIGITS = 16;

/**
 * JSON in which an integer of more digits than a double holds is kept as text: gateways number their messages so. Read
 * through once, whatever stands there: a pattern would begin anew at each quote of a text that does not end.
 * @throws SyntaxError
 */
export function parseJson(text: string): unknown {
  let kept = '';
  let copied = 0;
  for (let at = 0; at < text.length; ) {
    if (text.charCodeAt(at) === QUOTE) {
      at = afterString(text, at);
      continue;
    }
    const end = isDigit(text.charCodeAt(at)) ? afterDigits(text, at) : at + 1;
    if (end - at >= LONG_DIGITS && !/[.eE]/.test(text.charAt(end))) {
      const from = text.charCodeAt(at - 1) === MINUS ? at - 1 : at;
      // The digits of a fraction or of an exponent are no number of their own.
      if (!/[.eE+]/.test(text.charAt(from - 1))) {
        kept += `${text.slice(copied, from)}"${text.slice(from, end)}"`;
        copied = end;
      }
    }
    at = end;
  }
  return JSON.parse(kept + text.slice(copied));
}

/** Where the text in quotes that begins there is over; the end of all where it is not. */
function afterString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return text.length;
}

function afterDigits(text: string, start: number): number {
  let at = start;
  while (isDigit(text.charCodeAt(at))) at++;
  return at;
}

function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** RFC 6901. Undefined where there is nothing. */
export function atPointer(document: unknown, pointer: string): unknown {
  if (pointer === '') return document;
  let at = document;
  for (const step of pointer.slice(1).split('/')) {
    const name = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (at === null || typeof at !== 'object' || !Object.hasOwn(at, name)) return undefined;
    at = (at as Record<string, unknown>)[name];
  }
  return at;
}

/** A value that can be written in one piece; null for none, an empty one, an object or a list. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : null;
}

/** An answer that is read at several places; its body is parsed once, and only where a place needs it. */
export class ReadAnswer {
  private parsed: { value: unknown } | null = null;

  constructor(private readonly answer: Answer) {}

  get status(): number {
    return this.answer.status;
  }

  at(place: Place | undefined): string | null {
    if (place === undefined) return null;
    if (typeof place === 'string') return textOf(atPointer(this.json(), place));
    if ('header' in place) return textOf(this.answer.headers.get(place.header) ?? undefined);
    const match = compilePattern(place.regex).matcher(this.answer.text);
    return match.find() ? textOf(match.group(match.groupCount() > 0 ? 1 : 0) ?? undefined) : null;
  }

  is({ at, equals }: Condition): boolean {
    const found = this.at(at);
    return found !== null && equals.some((one) => String(one) === found);
  }

  private json(): unknown {
    this.parsed ??= { value: parsedOrNothing(this.answer.text) };
    return this.parsed.value;
  }
}

function parsedOrNothing(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

export function isOneOf(list: StatusList, status: number): boolean {
  return list.some((one) => one === status || one === `${Math.floor(status / 100)}xx`);
}

const MICROS = { currency: 1_000_000, cents: 10_000, micros: 1 } as const satisfies Record<Unit, number>;

/** Null for what is no number. Some gateways book a cost as a negative number. */
export function microsOf(text: string | null, unit: Unit): number | null {
  const micros = Math.round(Math.abs(Number(text ?? Number.NaN)) * MICROS[unit]);
  return Number.isSafeInteger(micros) ? micros : null;
}

/** Milliseconds since 1970; null for what is no time of that format. */
export function timeOf(text: string | null, format: TimeFormat): number | null {
  if (text === null) return null;
  if (format === 'rfc3339') return isDateTime(text) ? Date.parse(text) : null;
  const at = Math.round(Number(text) * (format === 'unix' ? 1000 : 1));
  // The year 9999: what lies beyond it no RFC 3339 time can say.
  return Number.isFinite(at) && at > 0 && at < 253_402_300_800_000 ? at : null;
}
