import type { Role } from '../schemas/vocabulary';
import type { Flow } from '../store/contract';
import type { Caller } from './caller';
import { problem } from './problem';
import type { ApiRequest, ApiResponse, Route } from './route';
import type { Services } from './services';

/** Who works with flows and runs; what the others do is of no one flow, or would let them out of it. */
const ROLES: ReadonlySet<Role> = new Set<Role>(['publisher', 'operator', 'analyst', 'invoker']);

export function mayBeHeldToFlows(role: Role): boolean {
  return ROLES.has(role);
}

/** Null where the caller may work with that flow, else the 403. */
export function outOfScope({ flows }: Pick<Caller, 'flows'>, flowId: string): ApiResponse | null {
  if (flows === null || flows.includes(flowId)) return null;
  return heldToFlows('This key is held to other flows.', 'Take a key that is held to this flow, or to none.');
}

/** The same for the workflow that an invocation is of; one that is not there is for others to refuse. */
export async function flowRefused(
  { flows }: Pick<Services, 'flows'>,
  { caller, params }: Pick<ApiRequest, 'caller' | 'params'>,
): Promise<ApiResponse | null> {
  if (caller.flows === null) return null;
  const flow = await flows.identify(params.workflowId ?? '');
  return flow && outOfScope(caller, flow.flowId);
}

type AskedFlow = { ok: true; flow: Flow | null } | { ok: false; response: ApiResponse };

/**
 * The flow that a question names; null where it names none, or one that is not there. Of a caller that is held to one flow
 * it is that one.
 * @param counted what is counted over all flows cannot be told for some: they have to be asked for one by one
 */
export async function askedFlow(
  { store }: Pick<Services, 'store'>,
  caller: Pick<Caller, 'flows'>,
  named: string | undefined,
  counted: boolean,
): Promise<AskedFlow> {
  const { flows } = caller;
  const only = flows?.length === 1 ? flows[0] : undefined;
  const asked = named ?? (counted ? only : undefined);
  if (asked === undefined) {
    if (flows === null || !counted) return { ok: true, flow: null };
    const detail = 'This key is held to some flows, and this is counted over all.';
    return { ok: false, response: heldToFlows(detail, 'Name one of them with “flow”.') };
  }
  const flow = await store.flows.get(asked);
  const response = flow && outOfScope(caller, flow.id);
  return response ? { ok: false, response } : { ok: true, flow };
}

/** What is of every flow is not for a key that is held to some. */
export function ofEveryFlow({ flows }: Pick<Caller, 'flows'>): ApiResponse | null {
  if (flows === null) return null;
  return heldToFlows('This key is held to some flows, and this is of all.', 'Take a key that is not held to flows.');
}

const OF_EVERY_FLOW: ReadonlySet<string> = new Set(['callback profiles', 'templates', 'receipts']);

/** Whether what the route changes, or the receipts that it shows, are of all flows: other flows would be reached by it. */
export function reachesEveryFlow({ access, tag }: Pick<Route, 'access' | 'tag'>): boolean {
  return typeof access === 'object' && access.level === 'EDIT' && OF_EVERY_FLOW.has(tag);
}

function heldToFlows(detail: string, hint: string): ApiResponse {
  return problem(403, detail, { hint });
}
