import { queryOptions } from '@tanstack/react-query';
import type { FlowDefinition } from '../../../schemas/flow';
import { answer, api, type Schemas } from '../../client/api';
import { asDefinition } from '../../client/definition';
import { everybody } from './example-invocation';
import type { Outcomes } from './outcomes';

const byId = (id: string) => ({ params: { path: { id } } });

export function flowQuery(id: string) {
  return queryOptions({
    queryKey: ['flows', id, 'shown'],
    queryFn: ({ signal }) => answer(api.GET('/v1/flows/{id}', { ...byId(id), signal })),
  });
}

export function versionsQuery(id: string) {
  return queryOptions({
    queryKey: ['flows', id, 'versions'],
    queryFn: async ({ signal }) => (await answer(api.GET('/v1/flows/{id}/versions', { ...byId(id), signal }))).items,
  });
}

/** A version never changes: once had, it is not asked again. */
export function versionQuery(id: string, version: number) {
  return queryOptions({
    queryKey: ['flows', id, 'version', version],
    queryFn: async ({ signal }): Promise<FlowDefinition> => {
      const params = { path: { id, n: String(version) } };
      const found = await answer(api.GET('/v1/flows/{id}/versions/{n}', { params, signal }));
      // Left out of lists alone.
      return asDefinition(found.definition as Schemas['FlowDefinition']);
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function lintQuery(id: string, definition: FlowDefinition) {
  return queryOptions({
    queryKey: ['flows', id, 'lint', definition],
    queryFn: ({ signal }) => answer(api.POST('/v1/flows/{id}/lint', { ...byId(id), body: { definition }, signal })),
  });
}

/** What the recorded runs of the published version would have cost on this definition. */
export function replayQuery(id: string, definition: FlowDefinition) {
  return queryOptions({
    queryKey: ['flows', id, 'replay', definition],
    queryFn: ({ signal }) => answer(api.POST('/v1/flows/{id}/replay', { ...byId(id), body: { definition }, signal })),
  });
}

/** When the virtual clock starts, and where the person is: for quiet hours. */
export interface Beginning {
  /** RFC 3339; null: now. */
  startAt: string | null;
  timezone: string;
}

export function simulateQuery(id: string, definition: FlowDefinition, sandbox: Outcomes, beginning: Beginning) {
  const { startAt, timezone } = beginning;
  return queryOptions({
    queryKey: ['flows', id, 'simulation', definition, sandbox, startAt, timezone],
    queryFn: ({ signal }) => {
      const body = {
        definition,
        sandbox,
        recipient: everybody(timezone),
        ...(startAt !== null && { startAt }),
      };
      return answer(api.POST('/v1/flows/{id}/simulate', { ...byId(id), body, signal }));
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** @param changedAt when the flow was last written: the draft may have changed since */
export function diffQuery(id: string, from: string, to: string, changedAt: string) {
  return queryOptions({
    queryKey: ['flows', id, 'diff', from, to, changedAt],
    queryFn: async ({ signal }) =>
      (await answer(api.GET('/v1/flows/{id}/diff', { params: { path: { id }, query: { from, to } }, signal }))).changes,
  });
}
