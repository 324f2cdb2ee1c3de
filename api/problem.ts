import { STATUS_CODES } from 'node:http';
import type { FieldError, Problem } from '../schemas/problem';
import type { ApiResponse } from './route';

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

export interface ProblemMore {
  /** How to mend it. */
  hint?: string;
  errors?: FieldError[];
  headers?: Record<string, string>;
}

/** An RFC 9457 answer. `about:blank` says that the status tells the kind, as the RFC has it. */
export function problem(status: number, detail: string, more: ProblemMore = {}): ApiResponse {
  const body: Problem = { type: 'about:blank', title: STATUS_CODES[status] ?? 'Problem', status, detail };
  if (more.hint) body.hint = more.hint;
  if (more.errors) body.errors = more.errors;
  return { status, headers: { 'content-type': PROBLEM_TYPE, ...more.headers }, body };
}

/** 422: understood, and not right; `errors` say where. */
export function invalid(errors: FieldError[], hint?: string): ApiResponse {
  const [first] = errors;
  const rest = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const detail = first ? `${first.message}${rest}` : 'The request cannot be carried out as it is.';
  return problem(422, detail, { errors, hint: hint ?? 'Mend what “errors” points at and send the request again.' });
}

export function notFound(what: string, hint?: string): ApiResponse {
  return problem(404, `${what} is not known here.`, { hint: hint ?? 'Check the ID; a key sees only what is its own.' });
}

/** 503: not now; the same request may be sent again after `retryAfterSeconds`. */
export function unavailable(detail: string, retryAfterSeconds = 1): ApiResponse {
  const hint = 'Send the same request again after the seconds in Retry-After, with the same Idempotency-Key.';
  return problem(503, detail, { hint, headers: { 'retry-after': String(retryAfterSeconds) } });
}
