import type { Problem } from '../schemas/problem';

/** What a verb ends with when it cannot do its work: lines for a person, and the exit status. */
export class Complaint extends Error {
  constructor(
    message: string,
    /** 1: it did not work out; 2: it was called wrongly. */
    readonly status: 1 | 2 = 1,
    /** Further lines, such as each field that is wrong. */
    readonly details: readonly string[] = [],
  ) {
    super(message);
    this.name = 'Complaint';
  }
}

/** The problem as the API answered it (RFC 9457): what is wrong, where, and how to mend it. */
export function problemComplaint(problem: Partial<Problem>, status: number): Complaint {
  const errors = (problem.errors ?? []).map(
    ({ pointer, message }) => `  ${pointer === '' ? '(body)' : pointer}: ${message}`,
  );
  const hint = problem.hint ? [problem.hint] : [];
  return new Complaint(problem.detail ?? problem.title ?? `The server answered ${status}.`, 1, [...errors, ...hint]);
}
