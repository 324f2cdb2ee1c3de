import { readFileSync } from 'node:fs';
import { Complaint } from './complaint';

/**
 * The JSON in a file, or on standard input for `-`.
 * @throws Complaint when it cannot be read or is not JSON
 */
export function readJson<T>(file: string): T {
  let text: string;
  try {
    text = readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Complaint(`${file} cannot be read: ${(error as NodeJS.ErrnoException).code ?? error}.`);
  }
  return parseJson<T>(text, file);
}

/** `what` names where the text stood, in the complaint. */
export function parseJson<T>(text: string, what: string): T {
  try {
    // What it holds is checked by who uses it: the server, or the linter.
    return JSON.parse(text) as T;
  } catch (error) {
    throw new Complaint(`${what} is not JSON: ${error instanceof Error ? error.message : error}.`);
  }
}
