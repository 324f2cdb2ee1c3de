/** What stands in `onward.receipts.dead`, as JSON: a receipt that could not be taken, and why. */
export interface DeadLetter {
  /** A sentence. */
  cause: string;
  /** Where it came from: topic, partition and position, or what else is known. */
  source: Record<string, unknown>;
  /** When it was given up. */
  at: string;
  /** As it came; of a very long one its beginning. */
  value: string;
  /** How long it was, where `value` is its beginning alone. */
  characters?: number;
}

/** Past that a value is no receipt of anybody's, and its beginning says enough. */
const VALUE_CHARACTERS_MAX = 65_536;

export interface Buried {
  key: string;
  value: string;
  cause: string;
  source: Record<string, unknown>;
}

/** The record of a dead letter, under the key that it came with. @param now milliseconds since 1970 */
export function buried({ key, value, cause, source }: Buried, now: number): { key: string; value: string } {
  const letter: DeadLetter = { cause, source, at: new Date(now).toISOString(), value };
  if (value.length > VALUE_CHARACTERS_MAX) {
    letter.value = value.slice(0, VALUE_CHARACTERS_MAX);
    letter.characters = value.length;
  }
  return { key: key.slice(0, 1_000), value: JSON.stringify(letter) };
}
