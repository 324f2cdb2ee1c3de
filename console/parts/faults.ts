import { ApiProblem } from '../client/problem';
import type { Finding } from './field';

/** What the server said of one field: faults at its pointer or below. */
export function findingsAt(error: unknown, pointer: string): Finding[] {
  const faults = error instanceof ApiProblem ? error.faults : [];
  return faults
    .filter((fault) => fault.pointer === pointer || fault.pointer.startsWith(`${pointer}/`))
    .map(({ message }) => ({ tone: 'bad', words: message }));
}
