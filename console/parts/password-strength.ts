/** What the API asks for at least, and takes at most. */
export const PASSWORD_SIGNS = { least: 12, most: 256 } as const;

export type PasswordStrength = 'short' | 'long' | 'guessable' | 'fair' | 'strong';

/** Enough different signs that it is no pattern. */
const FEW_SIGNS = 6;
const MANY_SIGNS = 10;
const STRONG_LENGTH = 16;
const COMMON = /pass?w(or|0r)d|qwert|asdfg|12345|54321|abcde|letmein|welcome|onward|iloveyou|admin/i;

/** How hard it is to guess, roughly: the server has its own word on it. @param own name and address of whose it is */
export function passwordStrength(password: string, own: readonly string[] = []): PasswordStrength {
  const signs = [...password];
  if (signs.length < PASSWORD_SIGNS.least) return 'short';
  if (signs.length > PASSWORD_SIGNS.most) return 'long';
  const different = new Set(signs).size;
  const lower = password.toLowerCase();
  const parts = own.flatMap((text) => text.toLowerCase().split(/[\s@.]+/)).filter((part) => part.length >= 4);
  const rest = parts.reduce((left, part) => left.replaceAll(part, ''), lower.replace(COMMON, ''));
  if (different < FEW_SIGNS || rest.length < PASSWORD_SIGNS.least - 2) return 'guessable';
  return signs.length >= STRONG_LENGTH && different >= MANY_SIGNS ? 'strong' : 'fair';
}
