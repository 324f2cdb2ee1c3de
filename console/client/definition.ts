import { useQuery } from '@tanstack/react-query';
import type { FlowDefinition } from '../../schemas/flow';
import { answer, api } from './api';
import { useRights } from './session';

/** A published version of a flow, by either of the flow's IDs; undefined until it is there, or where it may not be seen. */
export function useDefinition(id: string | undefined, version: number | undefined): FlowDefinition | undefined {
  const { sees } = useRights();
  const { data } = useQuery({
    queryKey: ['flows', id, 'versions', version],
    queryFn: async ({ signal }) => {
      const path = { id: id ?? '', n: String(version) };
      const found = await answer(api.GET('/v1/flows/{id}/versions/{n}', { params: { path }, signal }));
      return (found.definition ?? null) as FlowDefinition | null;
    },
    enabled: id !== undefined && version !== undefined && sees('flows'),
    // A version never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? undefined;
}
