import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Resource } from '../../schemas/vocabulary';
import { answer, api, type Schemas } from './api';

/** Who has signed in here, what they may, and how one signs in. */
export type Session = Schemas['Session'];

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => answer(api.GET('/v1/session', { signal })),
  staleTime: 60_000,
});

/** Within the frame there is always one: see shell/gate.tsx. */
export function useSession(): Session | null {
  return useQuery(sessionQuery).data ?? null;
}

export interface Rights {
  /** Whether the person may see, or change, what belongs to the resource. */
  sees(resource: Resource): boolean;
  edits(resource: Resource): boolean;
}

export function useRights(): Rights {
  const rights = useSession()?.rights;
  return {
    sees: (resource) => (rights?.[resource] ?? 'NO ACCESS') !== 'NO ACCESS',
    edits: (resource) => rights?.[resource] === 'EDIT',
  };
}

/** After signing in or out: everything is asked anew. */
export function useSessionChanged(): (session: Session | null) => void {
  const client = useQueryClient();
  return (session) => {
    // The session itself is looked at by what is on the page: it is replaced and not removed.
    client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionQuery.queryKey[0] });
    if (session) client.setQueryData(sessionQuery.queryKey, session);
    else void client.resetQueries({ queryKey: sessionQuery.queryKey });
  };
}
