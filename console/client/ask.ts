import { OWN_PAGE, reach } from './api';
import { problemOf } from './problem';

/** A request with a body as JSON, and the answer's; undefined for an answer without one. @throws ApiProblem */
export async function ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers = { ...OWN_PAGE, ...(body !== undefined && { 'content-type': 'application/json' }) };
  const response = await reach(path, {
    method,
    headers,
    signal: signal ?? null,
    body: body === undefined ? null : JSON.stringify(body),
  });
  const answered: unknown = response.status === 204 ? undefined : await response.json().catch(() => undefined);
  if (!response.ok) throw problemOf(response, answered);
  return answered as T;
}
