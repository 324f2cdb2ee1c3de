import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query';
import { OWN_PAGE, reach } from './api';
import { problemOf } from './problem';

export type Resource = 'flows' | 'invoke' | 'invocations' | 'analytics' | 'receipts' | 'consents' | 'administration';
export type Level = 'NO ACCESS' | 'own VIEW' | 'VIEW' | 'EDIT';

/** Who has signed in here, what they may, and how one signs in. */
export interface Session {
  person: {
    id: string;
    name: string;
    email: string;
    role: 'owner' | 'admin' | 'publisher' | 'operator' | 'analyst';
  } | null;
  rights: Record<Resource, Level> | null;
  signIn: { password: boolean; openId: { name: string } | null };
  /** Nothing was ever sent. */
  firstStart: boolean;
  /** No account of a real provider is there yet. */
  sandboxOnly: boolean;
}

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async ({ signal }): Promise<Session> => {
    const response = await reach('/v1/session', { signal, headers: OWN_PAGE });
    const body: unknown = await response.json().catch(() => null);
    if (!response.ok) throw problemOf(response, body);
    return body as Session;
  },
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
