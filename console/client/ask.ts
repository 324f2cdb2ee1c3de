import { OWN_PAGE, reach } from './api';
import { problemOf } from './problem';

/** For routes that `api` cannot type. Throws an ApiProblem for what is not 2xx. */
export async function ask<T>(
  path: string,
  given: { method?: string; body?: unknown; signal?: AbortSignal } = {},
): Promise<T> {
  const { method = 'GET', body, signal } = given;
  const response = await reach(path, {
    method,
    headers: { ...OWN_PAGE, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const answer: unknown = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw problemOf(response, answer);
  return answer as T;
}
