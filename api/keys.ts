import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import {
  KEY_LIMITS,
  type KeyChange,
  type KeyCreate,
  type KeyRotate,
  keyChangeSchema,
  keyCreatedSchema,
  keyCreateSchema,
  keyRotateSchema,
  keySchema,
} from '../schemas/key';
import { listOf, type PageQuery, pageQuerySchema } from '../schemas/list';
import type { ApiKey, NewKey } from '../store/contract';
import { hashKey } from './auth';
import { actorOf } from './caller';
import { mayBeHeldToFlows } from './flow-scope';
import { keyView } from './key-view';
import { oneAfterTheOther } from './one-after-the-other';
import { everyItem, pageOf, pageRequest } from './page';
import { invalid, notFound, problem } from './problem';
import { type ApiRequest, type ApiResponse, type Route, type RouteAudit, route } from './route';
import type { Services } from './services';

/** 192 bits, as 32 characters. */
const SECRET_BYTES = 24;
const ADMINISTRATION = { resource: 'administration', level: 'EDIT' } as const;
const PATH = '/v1/keys';
const OF_KEY = `${PATH}/{id}`;
/** Those that each start looks after: it would put the secret of the environment or the data folder back. */
const OF_THE_START: ReadonlyMap<string, string> = new Map([
  ['key_owner', 'ONWARD_OWNER_KEY'],
  ['key_test', 'ONWARD_TEST_KEY'],
]);

export function keyRoutes(services: Services): Route[] {
  // Two deletions at once could each leave the other's key as the last one.
  const inTurn = oneAfterTheOther();
  const audit = (action: string): RouteAudit => ({
    action,
    resource: 'key',
    async read({ id = '' }) {
      const key = await services.store.keys.byId(id);
      // When it was used last changes by itself.
      return key && { ...keyView(key, services.now()), lastUsedAt: undefined };
    },
  });
  return [
    route<KeyCreate>({
      method: 'POST',
      path: PATH,
      summary: 'Make a key; its secret is shown this once',
      tag: 'keys',
      access: ADMINISTRATION,
      audit: audit('key.created'),
      body: keyCreateSchema,
      responses: { 201: keyCreatedSchema },
      handle: (request) => create(services, request),
    }),
    route<unknown, PageQuery>({
      method: 'GET',
      path: PATH,
      summary: 'All keys, without their secrets',
      tag: 'keys',
      access: ADMINISTRATION,
      query: pageQuerySchema,
      responses: { 200: listOf(keySchema) },
      async handle({ query }) {
        const now = services.now();
        return {
          status: 200,
          body: pageOf(await services.store.keys.list(pageRequest(query)), (key) => keyView(key, now)),
        };
      },
    }),
    route<KeyChange>({
      method: 'PUT',
      path: OF_KEY,
      summary: 'Rename a key, or say until when it works',
      tag: 'keys',
      access: ADMINISTRATION,
      audit: audit('key.changed'),
      body: keyChangeSchema,
      responses: { 200: keySchema },
      handle: (request) => inTurn(() => change(services, request)),
    }),
    route<KeyRotate>({
      method: 'POST',
      path: `${OF_KEY}/rotate`,
      summary: 'Give a key another secret, shown this once; the old one works until the overlap ends',
      tag: 'keys',
      access: ADMINISTRATION,
      audit: audit('key.rotated'),
      body: keyRotateSchema,
      bodyOptional: true,
      responses: { 200: keyCreatedSchema },
      handle: (request) => inTurn(() => rotate(services, request)),
    }),
    route({
      method: 'DELETE',
      path: OF_KEY,
      summary: 'Delete a key; it stops working within two seconds everywhere',
      tag: 'keys',
      access: ADMINISTRATION,
      audit: audit('key.deleted'),
      responses: { 204: null },
      handle: (request) => inTurn(() => remove(services, request)),
    }),
  ];
}

async function create(services: Services, { body, caller }: ApiRequest<KeyCreate>): Promise<ApiResponse> {
  const { store, now } = services;
  const { name, role, mode = 'live' } = body;
  if (role === 'owner' && caller.role !== 'owner') return ownersOnly();
  if ((role === 'owner' || role === 'admin') && mode === 'test') {
    const message = `A key of the role ${role} is live: it edits what live runs use, and sees test runs too.`;
    return invalid([{ pointer: '/mode', message }], 'Leave “mode” out, or make an invoker.');
  }
  const expiresAt = timeOf(body.expiresAt) ?? null;
  if (expiresAt !== null && expiresAt <= now()) return over();
  const flows = await flowIdsOf(services, body);
  if (!flows.ok) return flows.response;
  const secret = newSecret(mode);
  const key: NewKey = {
    ...{ id: `key_${ulid()}`, name, role, mode, hint: secret.slice(-4), createdAt: now() },
    ...{ flows: flows.ids, expiresAt, createdBy: actorOf(caller) },
  };
  await store.keys.create(key, hashKey(secret));
  const made: ApiKey = { flows: null, expiresAt: null, createdBy: null, ...key, lastUsedAt: null, overlap: null };
  return { status: 201, headers: { location: `${PATH}/${key.id}` }, body: { ...keyView(made, now()), secret } };
}

function newSecret(mode: ApiKey['mode']): string {
  return `${mode}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

type FlowIds = { ok: true; ids: string[] | null } | { ok: false; response: ApiResponse };

async function flowIdsOf({ store }: Services, { role, flows }: KeyCreate): Promise<FlowIds> {
  if (!flows) return { ok: true, ids: null };
  if (!mayBeHeldToFlows(role)) {
    const message = `A key of the role ${role} is of no one flow.`;
    const hint = 'Leave “flows” out, or take a role that works with flows and runs alone.';
    return { ok: false, response: invalid([{ pointer: '/flows', message }], hint) };
  }
  const found = await Promise.all(flows.map((id) => store.flows.get(id)));
  const errors = found.flatMap((flow, at) =>
    flow ? [] : [{ pointer: `/flows/${at}`, message: 'There is no such flow.' }],
  );
  if (errors.length > 0) return { ok: false, response: invalid(errors, 'GET /v1/flows lists the flows.') };
  return { ok: true, ids: [...new Set(found.flatMap((flow) => (flow ? [flow.id] : [])))] };
}

type Found = { ok: true; key: ApiKey } | { ok: false; response: ApiResponse };

/** The key, where the caller may change it. */
async function keyOf({ store }: Services, { params, caller }: Pick<ApiRequest, 'params' | 'caller'>): Promise<Found> {
  const key = await store.keys.byId(params.id ?? '');
  if (!key) return { ok: false, response: notFound('This key', `GET ${PATH} lists the keys.`) };
  if (key.role === 'owner' && caller.role !== 'owner') return { ok: false, response: ownersOnly() };
  return { ok: true, key };
}

async function change(services: Services, request: ApiRequest<KeyChange>): Promise<ApiResponse> {
  const { store, now, auth } = services;
  const found = await keyOf(services, request);
  if (!found.ok) return found.response;
  const { key } = found;
  const expiresAt = timeOf(request.body.expiresAt);
  if (typeof expiresAt === 'number') {
    if (expiresAt <= now()) return over();
    if (await isLastOwner(services, key)) return lastOwner();
  }
  const { name } = request.body;
  const changed = await store.keys.change(key.id, {
    ...(name !== undefined && { name }),
    ...(expiresAt !== undefined && { expiresAt }),
  });
  auth.forget(key.id);
  return changed ? { status: 200, body: keyView(changed, now()) } : notFound('This key');
}

async function rotate(services: Services, request: ApiRequest<KeyRotate>): Promise<ApiResponse> {
  const { store, now, auth } = services;
  const found = await keyOf(services, request);
  if (!found.ok) return found.response;
  const variable = OF_THE_START.get(found.key.id);
  if (variable !== undefined) {
    const hint = `Set ${variable} and start again, or make another key: POST ${PATH}.`;
    return problem(409, `The secret of this key is that of ${variable}.`, { hint });
  }
  const { overlapSeconds = KEY_LIMITS.usualOverlapSeconds } = request.body;
  const secret = newSecret(found.key.mode);
  const fresh = { hash: hashKey(secret), hint: secret.slice(-4) };
  const rotated = await store.keys.rotate(found.key.id, fresh, now() + overlapSeconds * 1000);
  auth.forget(found.key.id);
  return rotated ? { status: 200, body: { ...keyView(rotated, now()), secret } } : notFound('This key');
}

async function remove(services: Services, request: ApiRequest): Promise<ApiResponse> {
  const found = await keyOf(services, request);
  if (!found.ok) return found.response;
  const { id } = found.key;
  if (await isLastOwner(services, found.key)) return lastOwner();
  await services.store.keys.delete(id);
  services.auth.forget(id);
  return { status: 204 };
}

/** One that runs out would be none to fall back on. */
async function isLastOwner({ store }: Services, { id, role }: ApiKey): Promise<boolean> {
  if (role !== 'owner') return false;
  for await (const key of everyItem((page) => store.keys.list(page))) {
    if (key.id !== id && key.role === 'owner' && key.expiresAt === null) return false;
  }
  return true;
}

function lastOwner(): ApiResponse {
  return problem(409, 'This is the last owner key.', { hint: 'Make another owner key first: POST /v1/keys.' });
}

function ownersOnly(): ApiResponse {
  return problem(403, 'Owner keys are made and changed by owners.', { hint: 'Ask an owner.' });
}

function over(): ApiResponse {
  return invalid([{ pointer: '/expiresAt', message: 'This time is over.' }], 'Name a later one.');
}

function timeOf(text: string | null | undefined): number | null | undefined {
  return typeof text === 'string' ? Date.parse(text) : text;
}
