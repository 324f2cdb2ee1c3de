import { randomBytes } from 'node:crypto';
import { ulid } from 'ulid';
import { isoTime } from '../core/iso-time';
import { type KeyCreate, keyCreatedSchema, keyCreateSchema, keySchema } from '../schemas/key';
import { listOf, type PageQuery, pageQuerySchema } from '../schemas/list';
import type { ApiKey } from '../store/contract';
import { hashKey } from './auth';
import { everyItem, pageOf, pageRequest } from './page';
import { invalid, notFound, problem } from './problem';
import { type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

/** 192 bits, as 32 characters. */
const SECRET_BYTES = 24;
const ADMINISTRATION = { resource: 'administration', level: 'EDIT' } as const;

export function keyRoutes(services: Services): Route[] {
  // Two deletions at once could each leave the other's key as the last one.
  let turn: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const result = turn.then(work);
    turn = result.catch(() => undefined);
    return result;
  };
  return [
    route<KeyCreate>({
      method: 'POST',
      path: '/v1/keys',
      summary: 'Make a key; its secret is shown this once',
      tag: 'keys',
      access: ADMINISTRATION,
      body: keyCreateSchema,
      responses: { 201: keyCreatedSchema },
      handle: (request) => create(services, request.body),
    }),
    route<unknown, PageQuery>({
      method: 'GET',
      path: '/v1/keys',
      summary: 'All keys, without their secrets',
      tag: 'keys',
      access: ADMINISTRATION,
      query: pageQuerySchema,
      responses: { 200: listOf(keySchema) },
      async handle({ query }) {
        return { status: 200, body: pageOf(await services.store.keys.list(pageRequest(query)), keyView) };
      },
    }),
    route({
      method: 'DELETE',
      path: '/v1/keys/{id}',
      summary: 'Delete a key; it stops working within two seconds everywhere',
      tag: 'keys',
      access: ADMINISTRATION,
      responses: { 204: null },
      handle: ({ params }) => inTurn(() => remove(services, params.id ?? '')),
    }),
  ];
}

async function create({ store, now }: Services, body: KeyCreate): Promise<ApiResponse> {
  const { name, role, mode = 'live' } = body;
  if (role === 'owner' && mode === 'test') {
    const message = 'An owner key is live: it edits what live runs use, and sees test runs too.';
    return invalid([{ pointer: '/mode', message }], 'Leave “mode” out, or make an invoker.');
  }
  const secret = `${mode}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  const key: ApiKey = { id: `key_${ulid()}`, name, role, mode, hint: secret.slice(-4), createdAt: now() };
  await store.keys.create(key, hashKey(secret));
  return { status: 201, headers: { location: `/v1/keys/${key.id}` }, body: { ...keyView(key), secret } };
}

function keyView({ id, name, role, mode, hint, createdAt }: ApiKey) {
  return { id, name, role, mode, hint, createdAt: isoTime(createdAt) };
}

async function remove({ store, auth }: Services, id: string): Promise<ApiResponse> {
  let owners = 0;
  let found: ApiKey | null = null;
  for await (const key of everyItem((page) => store.keys.list(page))) {
    if (key.role === 'owner') owners++;
    if (key.id === id) found = key;
  }
  if (!found) return notFound('This key');
  if (found.role === 'owner' && owners === 1) {
    return problem(409, 'This is the last owner key.', { hint: 'Make another owner key first: POST /v1/keys.' });
  }
  await store.keys.delete(id);
  auth.forget(id);
  return { status: 204 };
}
