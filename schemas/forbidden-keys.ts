import { pointerToken } from './explain';
import type { FieldError } from './problem';

/** JSON nested deeper than this is nobody's flow and nobody's receipt. */
export const MAX_JSON_DEPTH = 64;

const FORBIDDEN = ['__proto__', 'constructor', 'prototype'] as const;

/** Whether the text nests deeper than `limit`; judged before it is parsed, so that depth costs nothing. */
export function isTooDeep(text: string, limit = MAX_JSON_DEPTH): boolean {
  let depth = 0;
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (quoted) {
      if (code === BACKSLASH) i++;
      else if (code === QUOTE) quoted = false;
    } else if (code === QUOTE) quoted = true;
    else if (code === OPEN_BRACE || code === OPEN_BRACKET) {
      if (++depth > limit) return true;
    } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) depth--;
  }
  return false;
}

const QUOTE = 34;
const BACKSLASH = 92;
const OPEN_BRACKET = 91;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

/** Whether the text may hold a forbidden key: one of the words, or an escape that could spell one. */
export function mayHoldForbiddenKey(text: string): boolean {
  return text.includes('\\u') || FORBIDDEN.some((word) => text.includes(word));
}

/**
 * Keys that would reach into the prototypes of whoever merges the object carelessly. `text` is what `value` was parsed
 * from; most texts hold none of the words, and then the value is not walked.
 */
export function forbiddenKeys(text: string, value: unknown): FieldError[] {
  if (!mayHoldForbiddenKey(text)) return [];
  const errors: FieldError[] = [];
  walk(value, '', errors);
  return errors;
}

function walk(value: unknown, pointer: string, errors: FieldError[]): void {
  if (value === null || typeof value !== 'object') return;
  for (const [key, child] of Object.entries(value)) {
    if (errors.length >= 20) return;
    const here = `${pointer}/${pointerToken(key)}`;
    if (!Array.isArray(value) && (FORBIDDEN as readonly string[]).includes(key)) {
      errors.push({ pointer: here, message: `“${key}” cannot be the name of a field. Choose another.` });
    } else walk(child, here, errors);
  }
}
