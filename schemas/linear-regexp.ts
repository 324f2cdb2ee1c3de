import type { RegExpEngine } from 'ajv/dist/types';
import { RE2JS } from 're2js';

/** A pattern may be this long, and its automaton this large: together they bound what one match costs. */
export const PATTERN_LIMITS = { characters: 256, program: 1000 } as const;

/** What RE2 makes of an ECMAScript pattern. @throws RE2JSException for what it does not know. */
export function compilePattern(pattern: string): RE2JS {
  return RE2JS.compile(RE2JS.translateRegExp(pattern));
}

/** Why a pattern cannot be had, in a sentence, or null; with the size of its automaton. */
export function judgePattern(pattern: string): { problem: string | null; program: number } {
  if (pattern.length > PATTERN_LIMITS.characters) {
    return { problem: `The pattern has more than ${PATTERN_LIMITS.characters} characters.`, program: 0 };
  }
  if (/\(\?<?[=!]/.test(pattern))
    return { problem: 'The pattern uses a lookaround, which RE2 does not know.', program: 0 };
  if (/\\[1-9k]/.test(pattern))
    return { problem: 'The pattern uses a backreference, which RE2 does not know.', program: 0 };
  try {
    const program = compilePattern(pattern).programSize();
    const large = program > PATTERN_LIMITS.program;
    return { problem: large ? 'The pattern repeats too much. Write it with smaller counts.' : null, program };
  } catch (error) {
    const says = error instanceof Error ? error.message.slice(0, 200) : '';
    return { problem: `The pattern is not one that RE2 understands: ${says}.`, program: 0 };
  }
}

/** RE2 in place of RegExp, for ajv's `code.regExp`: time grows linearly with the text, whatever the pattern. */
export const linearRegExp: RegExpEngine = Object.assign(
  (pattern: string) => {
    const compiled = compilePattern(pattern);
    // Ajv keeps one of each by what toString gives: without it all patterns would be the first one.
    return { test: (text: string) => compiled.test(text), toString: () => pattern };
  },
  // Only read where ajv writes code to a file, which it never does here.
  { code: 'undefined' },
);
