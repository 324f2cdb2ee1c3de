import { monotonicFactory } from 'ulid';
import type { AuditEntry, AuditStore } from '../store/contract';
import { actorOf } from './caller';
import type { Logger } from './deps';
import { faultOf } from './fault';
import { maskText } from './masked';
import type { ApiRequest, ApiResponse, Route, RouteAudit } from './route';

/** Two of one millisecond stand in the order in which they came. */
const newId = monotonicFactory();
/** Characters of a state that is kept; a flow's definition has at most 64 KiB. */
const LONGEST = 262_144;
const SECRET = /(secrets?|passwords?|credentials?|tokens?|authorization)$/i;

export interface AuditDeps {
  audit: AuditStore;
  /** Milliseconds since 1970. */
  now(): number;
  logger: Logger;
}

/**
 * Carries out a request that changes something, and writes down who changed what. The entry is begun before the change is
 * made, so that a process that ends in between leaves its trace, and written again with what came of it before the
 * answer goes out.
 */
export async function audited(
  { access, audit, handle }: Route & { audit: RouteAudit },
  deps: AuditDeps,
  request: ApiRequest,
  requestId: string,
): Promise<ApiResponse> {
  const { params, caller } = request;
  const read = async (id: string | null): Promise<unknown> =>
    (await audit.read?.(id === null ? params : { ...params, [audit.idIn ?? 'id']: id }, request)) ?? null;
  const named = idOf(audit, params);
  const before = await read(named);
  // A flow is named by either of its IDs.
  const id = idIn(before) ?? named;
  const at = deps.now();
  const entry: AuditEntry = {
    ...{ id: `aud_${newId(at)}`, at, by: actorOf(caller), requestId },
    ...{ action: actionOf(audit, null), resource: { kind: audit.resource, id } },
    ...{ before: stateText(before), after: null, outcome: null, status: null },
  };
  // Who calls a public route, and whether anything changes by it, is known from the answer alone.
  if (access !== 'public') await deps.audit.append(entry, 'begun');
  const settle = (change: Partial<AuditEntry>) => settled(deps, { ...entry, ...change });
  let response: ApiResponse;
  try {
    response = await handle(request);
  } catch (error) {
    await settle({ outcome: 'failed' });
    throw error;
  }
  const { status, by = entry.by } = response;
  const action = actionOf(audit, response);
  if (action === null) return response;
  // Who is turned away from a page is led to another.
  if (status >= 400 || action.endsWith('.refused')) {
    const outcome = status >= 500 ? 'failed' : 'refused';
    await settle({ ...{ by, action, outcome, status }, before: null });
    return response;
  }
  const changed = id ?? idIn(response.body);
  // What it is now could not be read: that it was changed is written down all the same.
  const after = stateText(await read(changed).catch(() => null));
  await settle({ ...{ by, action, status, after }, outcome: 'done', resource: { kind: audit.resource, id: changed } });
  return response;
}

/** The change is made: an answer that says otherwise, as nobody could write it down, would be wrong. */
async function settled({ audit, logger }: AuditDeps, entry: AuditEntry): Promise<void> {
  try {
    await audit.append(entry, 'done');
  } catch (error) {
    logger.error(
      { audit: entry.id, error: faultOf(error) },
      'what came of a change could not be written into the audit',
    );
  }
}

function actionOf({ action }: RouteAudit, response: null): string;
function actionOf({ action }: RouteAudit, response: ApiResponse): string | null;
function actionOf({ action, resource }: RouteAudit, response: ApiResponse | null): string | null {
  if (typeof action === 'string') return action;
  return response === null ? resource : action(response);
}

function idOf({ idIn: named }: RouteAudit, params: Readonly<Record<string, string>>): string | null {
  const only = Object.keys(params).length === 1 ? Object.values(params)[0] : undefined;
  return (named === undefined ? (params.id ?? only) : params[named]) ?? null;
}

function idIn(shown: unknown): string | null {
  const { id } = (shown ?? {}) as { id?: unknown };
  return typeof id === 'string' ? id : null;
}

/** As JSON, with neither secrets nor addresses in it. */
export function stateText(state: unknown): string | null {
  if (state === undefined || state === null) return null;
  const text = JSON.stringify(state, (field, value: unknown) => {
    if (value !== null && field !== '' && SECRET.test(field) && typeof value !== 'boolean') return '•••';
    return typeof value === 'string' ? maskText(value) : value;
  });
  return text.length <= LONGEST ? text : JSON.stringify({ leftOut: `${text.length} characters` });
}
