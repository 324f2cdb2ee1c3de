import { keepPreviousData, queryOptions, useQuery } from '@tanstack/react-query';
import type { FlowDefinition } from '../../../schemas/flow';
import type { WorstCase } from '../../../schemas/invocation';
import type { Template } from '../../../schemas/template';
import { answer, api, type Schemas } from '../../client/api';
import { asDefinition } from '../../client/definition';
import { ApiProblem } from '../../client/problem';
import { useRights } from '../../client/session';
import { useStill } from '../../parts/use-preview';
import type { Stored } from './draft-saver';
import { type Told, toldOfFaults } from './place-findings';

export interface FlowHead {
  id: string;
  workflowId: string;
}

/** The draft as the server has it now. */
export async function readDraft(id: string, signal?: AbortSignal): Promise<Stored & FlowHead> {
  const { data, response } = await api.GET('/v1/flows/{id}', { params: { path: { id } }, signal: signal ?? null });
  // There always: what is not 2xx is thrown.
  const { id: flowId, workflowId, draft } = data as Schemas['Flow'];
  return { id: flowId, workflowId, definition: asDefinition(draft), etag: response.headers.get('etag') ?? '*' };
}

export async function writeDraft(id: string, definition: FlowDefinition, etag: string): Promise<string> {
  const { response } = await api.PUT('/v1/flows/{id}/draft', {
    params: { path: { id }, header: { 'If-Match': etag } },
    body: definition,
  });
  return response.headers.get('etag') ?? '*';
}

const PAGE = 200;

/** All of them: the choices of every step are among them. */
export const templatesQuery = queryOptions({
  queryKey: ['templates', 'all'],
  queryFn: async ({ signal }): Promise<Template[]> => {
    const found: Template[] = [];
    let cursor: string | null = null;
    do {
      const query: { limit: number; cursor?: string } = cursor === null ? { limit: PAGE } : { limit: PAGE, cursor };
      const page: { items: Template[]; nextCursor: string | null } = await answer(
        api.GET('/v1/templates', { params: { query }, signal }),
      );
      found.push(...page.items);
      cursor = page.nextCursor;
    } while (cursor !== null);
    return found;
  },
});

export interface Named {
  id: string;
  name: string;
}

export function useCallbackProfiles(): readonly Named[] {
  const { data } = useQuery({
    queryKey: ['callback-profiles', 'choices'],
    queryFn: ({ signal }) => answer(api.GET('/v1/callback-profiles', { params: { query: { limit: PAGE } }, signal })),
  });
  return data?.items ?? [];
}

/** Empty for those who do not see the accounts: they name the provider alone. */
export function useAccounts(): readonly (Named & { provider: string })[] {
  const sees = useRights().sees('administration');
  const { data } = useQuery({
    queryKey: ['provider-accounts', 'choices'],
    enabled: sees,
    queryFn: ({ signal }) => answer(api.GET('/v1/provider-accounts', { params: { query: { limit: PAGE } }, signal })),
  });
  return data?.items ?? [];
}

interface Linted {
  told: readonly Told[];
  worstCase: WorstCase | null;
}

const LINT_PAUSE_MS = 350;

/** What the linter says of the definition as it is now, a moment after the person has paused. */
export function useLint(flowId: string, definition: FlowDefinition): Linted | undefined {
  const still = useStill(definition, LINT_PAUSE_MS);
  const { data } = useQuery({
    queryKey: ['lint', flowId, still],
    placeholderData: keepPreviousData,
    queryFn: async ({ signal }): Promise<Linted> => {
      try {
        const asked = { params: { path: { id: flowId } }, body: { definition: still }, signal };
        const { findings, worstCase } = await answer(api.POST('/v1/flows/{id}/lint', asked));
        return { told: findings, worstCase };
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.faults.length === 0) throw error;
        return { told: toldOfFaults(error.faults, '/definition'), worstCase: null };
      }
    },
  });
  return data;
}
