import { queryOptions } from '@tanstack/react-query';
import { answer, api, type Schemas } from './api';

/** A page's address under a name; shared ones are seen by everybody. `search` has its question mark. */
export type SavedView = Schemas['SavedView'];

/** As many as the API gives at once. */
const MOST = 200;

export const savedViewsQuery = queryOptions({
  queryKey: ['saved-views'],
  queryFn: async ({ signal }) =>
    (await answer(api.GET('/v1/saved-views', { params: { query: { limit: MOST } }, signal }))).items,
  staleTime: 60_000,
});

/** @param id of the one that it takes the place of; null: a new one */
export function saveView(view: Schemas['SavedViewWrite'], id: string | null): Promise<unknown> {
  if (id === null) return api.POST('/v1/saved-views', { body: view });
  return api.PUT('/v1/saved-views/{id}', { params: { path: { id } }, body: view });
}

export function removeView(id: string): Promise<unknown> {
  return api.DELETE('/v1/saved-views/{id}', { params: { path: { id } } });
}
