import { useQuery } from '@tanstack/react-query';
import { answer, api } from '../../client/api';

export interface FlowChoice {
  id: string;
  workflowId: string;
  name: string;
  latestVersion: number;
}

/** More are found by their address; a list to choose from of thousands is none. */
const MOST = 1_000;

/** All flows, by name. */
export function useFlowChoices(): { flows: readonly FlowChoice[]; error: unknown; retry(): void } {
  const { data, error, refetch } = useQuery({
    queryKey: ['flows', 'choices'],
    queryFn: async ({ signal }): Promise<FlowChoice[]> => {
      const found: FlowChoice[] = [];
      let cursor: string | undefined;
      do {
        const query = { limit: 200, ...(cursor && { cursor }) };
        const page = await answer(api.GET('/v1/flows', { params: { query }, signal }));
        for (const { id, workflowId, name, latestVersion } of page.items) {
          found.push({ id, workflowId, name, latestVersion });
        }
        cursor = page.nextCursor ?? undefined;
      } while (cursor && found.length < MOST);
      return found.sort((a, b) => a.name.localeCompare(b.name));
    },
    staleTime: 60_000,
  });
  return { flows: data ?? [], error, retry: () => void refetch() };
}
