import { queryOptions } from '@tanstack/react-query';
import { OWN_PAGE, reach } from './api';
import { problemOf } from './problem';

/** A page's address under a name; shared ones are seen by everybody. */
export interface SavedView {
  id: string;
  name: string;
  page: 'runs' | 'analytics';
  /** With its question mark. */
  search: string;
  shared: boolean;
  ownerId: string;
  createdAt: string;
}

export const savedViewsQuery = queryOptions({
  queryKey: ['saved-views'],
  queryFn: async ({ signal }) => (await call<{ items: SavedView[] }>('GET', '', undefined, signal)).items,
  staleTime: 60_000,
});

export function saveView(view: Pick<SavedView, 'name' | 'page' | 'search' | 'shared'>): Promise<SavedView> {
  return call('POST', '', view);
}

export function removeView(id: string): Promise<void> {
  return call('DELETE', `/${encodeURIComponent(id)}`);
}

async function call<T>(method: string, path: string, body?: object, signal?: AbortSignal): Promise<T> {
  const response = await reach(`/v1/saved-views${path}`, {
    method,
    headers: { ...OWN_PAGE, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
  const text = await response.text();
  const answered: unknown = text === '' ? undefined : JSON.parse(text);
  if (!response.ok) throw problemOf(response, answered);
  return answered as T;
}
