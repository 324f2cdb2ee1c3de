import { useQuery } from '@tanstack/react-query';
import type { FlowDefinition } from '../../schemas/flow';
import { answer, api, type Schemas } from './api';
import { useRights } from './session';

/** The document types a step by `if/then/else`, which says less than the definition's own type. */
export function asDefinition(documented: Schemas['FlowDefinition']): FlowDefinition {
  return documented as FlowDefinition;
}

/** A published version of a flow, by either of the flow's IDs; undefined until it is there, or where it may not be seen. */
export function useDefinition(id: string | undefined, version: number | undefined): FlowDefinition | undefined {
  const { sees } = useRights();
  const { data } = useQuery({
    queryKey: ['flows', id, 'versions', version],
    queryFn: async ({ signal }) => {
      const path = { id: id ?? '', n: String(version) };
      const found = await answer(api.GET('/v1/flows/{id}/versions/{n}', { params: { path }, signal }));
      return found.definition ? asDefinition(found.definition) : null;
    },
    enabled: id !== undefined && version !== undefined && sees('flows'),
    // A version never changes.
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data ?? undefined;
}
