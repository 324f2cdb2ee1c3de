/** One place in what was sent that does not do; `pointer` is a JSON pointer. */
export interface Fault {
  pointer: string;
  message: string;
}

/** What the API answered in place of what was asked for (problem+json), or that it did not answer: status 0. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly hint: string | null;
  readonly faults: readonly Fault[];
  /** Where it says so, the seconds after which to try again. */
  readonly retryAfterSeconds: number | null;

  constructor(given: {
    status: number;
    detail: string;
    hint?: string | null;
    faults?: readonly Fault[];
    retryAfterSeconds?: number | null;
  }) {
    super(given.detail);
    this.name = 'ApiProblem';
    this.status = given.status;
    this.hint = given.hint ?? null;
    this.faults = given.faults ?? [];
    this.retryAfterSeconds = given.retryAfterSeconds ?? null;
  }

  /** Trying again later may do. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

export function problemOf(response: Response, body: unknown): ApiProblem {
  const { detail, title, hint, errors } = (typeof body === 'object' && body !== null ? body : {}) as {
    detail?: string;
    title?: string;
    hint?: string;
    errors?: Fault[];
  };
  const after = Number(response.headers.get('retry-after') ?? Number.NaN);
  return new ApiProblem({
    status: response.status,
    detail: detail ?? title ?? `${response.status} ${response.statusText}`,
    hint: hint ?? null,
    faults: errors ?? [],
    retryAfterSeconds: Number.isFinite(after) ? after : null,
  });
}
