import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './openapi';
import { ApiProblem, problemOf } from './problem';

/** By name, as the OpenAPI document has them. */
export type Schemas = components['schemas'];

/** A request that takes longer is given up: the page says so and tries again. */
const PATIENCE_MS = 20_000;

const listeners = new Set<(reached: boolean) => void>();

/** Told after every request whether the server answered at all. */
export function onReached(listener: (reached: boolean) => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** As fetch; rejects with an ApiProblem of status 0 where nobody answers. */
async function reach(request: Request): Promise<Response> {
  const signal = AbortSignal.any([request.signal, AbortSignal.timeout(PATIENCE_MS)]);
  try {
    const response = await fetch(request, { signal });
    for (const listener of listeners) listener(true);
    return response;
  } catch (error) {
    if (request.signal.aborted) throw error;
    for (const listener of listeners) listener(false);
    throw new ApiProblem({ status: 0, detail: 'The server does not answer.' });
  }
}

const refused: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return;
    const body = await response.json().catch(() => null);
    throw problemOf(response, body);
  },
};

/**
 * The API by its OpenAPI document: paths, bodies and answers are typed by it; where a route answers files too, as its JSON.
 * What is not 2xx is thrown as an ApiProblem, so that `data` is always there.
 */
export const api = createClient<paths, 'application/json'>({
  baseUrl: window.location.origin,
  // By this header the server knows that a page of its own asks, and no other.
  headers: { 'x-onward-console': '1' },
  fetch: reach,
});
api.use(refused);

/** The answer itself: `await answer(api.GET('/v1/flows'))`. */
export async function answer<T>(asked: Promise<{ data?: T }>): Promise<T> {
  return (await asked).data as T;
}
