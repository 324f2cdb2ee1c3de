import { useQuery } from '@tanstack/react-query';
import { answer, api } from './api';
import { useRights } from './session';

interface Flows {
  /** By workflow ID, by name in order. */
  choices: { value: string; words: string }[];
  name(workflowId: string): string;
}

/** The flows by name; where the person may not see flows, their IDs. */
export function useFlows(): Flows {
  const { sees } = useRights();
  const { data } = useQuery({
    queryKey: ['flows', 'names'],
    queryFn: async ({ signal }) => {
      const names = new Map<string, string>();
      let cursor: string | null = null;
      do {
        const query: { limit: number; cursor?: string } = { limit: 200, ...(cursor !== null && { cursor }) };
        const page: { items: { workflowId: string; name: string }[]; nextCursor: string | null } = await answer(
          api.GET('/v1/flows', { params: { query }, signal }),
        );
        for (const { workflowId, name } of page.items) names.set(workflowId, name);
        cursor = page.nextCursor;
      } while (cursor !== null);
      return names;
    },
    staleTime: 60_000,
    enabled: sees('flows'),
  });
  const choices = [...(data ?? [])].map(([value, words]) => ({ value, words }));
  return {
    choices: choices.sort((a, b) => a.words.localeCompare(b.words)),
    name: (workflowId) => data?.get(workflowId) ?? workflowId,
  };
}
