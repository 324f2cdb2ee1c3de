import { isoTime } from '../core/iso-time';
import { settledAddress } from '../core/phone';
import { listOf, type PageQuery, pageProperties } from '../schemas/list';
import { type SuppressionCreate, suppressionCreateSchema, suppressionSchema } from '../schemas/suppression';
import { MODES, type Mode } from '../schemas/vocabulary';
import type { Suppression } from '../store/contract';
import { seesOnlyOwn } from './access';
import { modeOf } from './mode';
import { everyItem, pageOf, pageRequest } from './page';
import { notFound } from './problem';
import { type ApiRequest, type ApiResponse, type Route, type RouteAudit, route } from './route';
import type { Services } from './services';

const PATH = '/v1/suppressions';
const EDIT = { resource: 'consents', level: 'EDIT' } as const;
const VIEW = { resource: 'consents', level: 'VIEW' } as const;

interface ListQuery extends PageQuery {
  mode?: Mode;
  address?: string;
}

export function suppressionRoutes(services: Services): Route[] {
  return [
    route<SuppressionCreate>({
      method: 'POST',
      path: PATH,
      summary: 'Send nothing more to an address; the same again changes nothing',
      tag: 'consents',
      access: EDIT,
      audit: { action: 'suppression.added', resource: 'suppression', read: suppressionState(services) },
      body: suppressionCreateSchema,
      responses: { 201: suppressionSchema },
      handle: (request) => add(services, request),
    }),
    route<unknown, ListQuery>({
      method: 'GET',
      path: PATH,
      summary: 'All suppressions of a mode, newest first; or those of one address',
      tag: 'consents',
      access: VIEW,
      query: {
        type: 'object',
        additionalProperties: false,
        properties: {
          ...pageProperties,
          mode: { type: 'string', enum: MODES },
          address: {
            ...suppressionCreateSchema.properties.address,
            description: 'Only those of this address, all at once.',
          },
        },
      },
      responses: { 200: listOf(suppressionSchema) },
      handle: (request) => list(services, request),
    }),
    route({
      method: 'DELETE',
      path: `${PATH}/{id}`,
      summary: 'Let an address be sent to again',
      tag: 'consents',
      access: EDIT,
      audit: { action: 'suppression.removed', resource: 'suppression', read: suppressionState(services) },
      responses: { 204: null },
      handle: (request) => remove(services, request),
    }),
  ];
}

/** For the audit; of the address there is a hint alone. */
function suppressionState({ store }: Services): RouteAudit['read'] {
  return async ({ id }) => {
    if (id === undefined) return null;
    for (const mode of MODES) {
      for await (const one of everyItem((page) => store.suppressions.list(mode, page))) {
        if (one.id === id) return view(one);
      }
    }
    return null;
  };
}

async function add({ store, now }: Services, { body, caller }: ApiRequest<SuppressionCreate>): Promise<ApiResponse> {
  const mode = modeOf(caller, body.mode);
  if (!mode.ok) return mode.response;
  const { address, channel = null, reason = 'opted_out' } = body;
  const entry = { mode: mode.mode, channel, address: settledAddress(address, mode.mode), reason };
  const added = await store.suppressions.add(entry, now());
  return { status: 201, headers: { location: `${PATH}/${added.id}` }, body: view(added) };
}

async function list({ store }: Services, { query, caller }: ApiRequest<unknown, ListQuery>): Promise<ApiResponse> {
  const mode = modeOf(caller, query.mode);
  if (!mode.ok) return mode.response;
  if (query.address !== undefined) {
    const found = await store.suppressions.ofAddress(mode.mode, settledAddress(query.address, mode.mode));
    return { status: 200, body: { items: found.map(view), nextCursor: null } };
  }
  return { status: 200, body: pageOf(await store.suppressions.list(mode.mode, pageRequest(query)), view) };
}

async function remove({ store }: Services, { params, caller }: ApiRequest): Promise<ApiResponse> {
  const id = params.id ?? '';
  const either = caller.mode === 'live' && !seesOnlyOwn(caller);
  if (!either && !(await standsIn(store, caller.mode, id))) return notFound('This suppression');
  return (await store.suppressions.delete(id)) ? { status: 204 } : notFound('This suppression');
}

/** Whether it is of the key's own mode: a test key must not lift a live suppression. */
async function standsIn(store: Services['store'], mode: Mode, id: string): Promise<boolean> {
  for await (const suppression of everyItem((page) => store.suppressions.list(mode, page))) {
    if (suppression.id === id) return true;
  }
  return false;
}

function view({ id, channel, addressHint, reason, mode, createdAt }: Suppression) {
  return { id, channel, addressHint, reason, mode, createdAt: isoTime(createdAt) };
}
