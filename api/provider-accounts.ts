import { LIST_LIMITS, listOf, type PageQuery, pageQuerySchema } from '../schemas/list';
import {
  type AccountView,
  type AccountWrite,
  accountSchema,
  accountTrialSchema,
  accountWriteSchema,
} from '../schemas/provider-account';
import { environmentView, storedView } from './account-view';
import type { EnvironmentAccount } from './deps';
import { judgeAccount } from './judge-account';
import { pageRequest } from './page';
import { invalid, notFound, problem } from './problem';
import { tryAccount } from './provider-account-trial';
import { flowsThatNeed } from './provider-account-users';
import { type ApiRequest, type ApiResponse, type Route, type RouteAudit, route } from './route';
import type { Services } from './services';

const ADMINISTRATION = { resource: 'administration', level: 'EDIT' } as const;
const PATH = '/v1/provider-accounts/{id}';
const NO_ACCOUNT = 'GET /v1/provider-accounts lists the accounts.';
const ACCOUNTS_MAX = 200;
/** IDs that the house gives itself. */
const OWN_IDS = /^pac_(env_|sandbox$|inapp$)/;

/** For the audit; without the path of its webhook, which is as good as a password. */
function accountState(services: Services): RouteAudit['read'] {
  return async ({ id = '' }) => {
    const account = await services.store.accounts.get(id);
    return account && { ...storedView(services, account), webhookUrl: undefined };
  };
}

export function providerAccountRoutes(services: Services): Route[] {
  return [
    route<AccountWrite>({
      method: 'POST',
      path: '/v1/provider-accounts',
      summary: 'Set up an account at a provider',
      tag: 'provider accounts',
      access: ADMINISTRATION,
      audit: { action: 'provider_account.created', resource: 'provider_account', read: accountState(services) },
      body: accountWriteSchema,
      responses: { 201: accountSchema },
      handle: (request) => create(services, request.body),
    }),
    route<unknown, PageQuery>({
      method: 'GET',
      path: '/v1/provider-accounts',
      summary: 'All accounts, newest first, those of the environment last; credentials are never shown',
      tag: 'provider accounts',
      access: ADMINISTRATION,
      query: pageQuerySchema,
      responses: { 200: listOf(accountSchema) },
      handle: (request) => list(services, request.query),
    }),
    route({
      method: 'GET',
      path: PATH,
      summary: 'One account',
      tag: 'provider accounts',
      access: ADMINISTRATION,
      responses: { 200: accountSchema },
      handle: (request) => show(services, request.params.id ?? ''),
    }),
    route<AccountWrite>({
      method: 'PUT',
      path: PATH,
      summary: 'Replace an account; left out, its credentials stay as long as it sends to the same servers',
      tag: 'provider accounts',
      access: ADMINISTRATION,
      audit: { action: 'provider_account.changed', resource: 'provider_account', read: accountState(services) },
      body: accountWriteSchema,
      responses: { 200: accountSchema },
      handle: (request) => replace(services, request),
    }),
    route({
      method: 'DELETE',
      path: PATH,
      summary: 'Delete an account that no published flow needs',
      tag: 'provider accounts',
      access: ADMINISTRATION,
      audit: { action: 'provider_account.deleted', resource: 'provider_account', read: accountState(services) },
      responses: { 204: null },
      handle: (request) => remove(services, request.params.id ?? ''),
    }),
    route({
      method: 'POST',
      path: `${PATH}/test`,
      summary: 'Whether the credentials work; nothing is sent',
      tag: 'provider accounts',
      access: ADMINISTRATION,
      responses: { 200: accountTrialSchema },
      handle: (request) => test(services, request.params.id ?? ''),
    }),
  ];
}

async function create(services: Services, body: AccountWrite): Promise<ApiResponse> {
  const { store, now } = services;
  if (body.id !== undefined && OWN_IDS.test(body.id)) {
    const message = 'IDs of this form are given by Onward itself.';
    return invalid([{ pointer: '/id', message }], 'Choose another, or leave “id” out.');
  }
  const judged = judgeAccount(services, body, null);
  if (!judged.ok) return invalid(judged.errors, judged.hint);
  if ((await store.accounts.all()).length >= ACCOUNTS_MAX) {
    return problem(409, `There are ${ACCOUNTS_MAX} accounts.`, { hint: 'Delete one that is not used.' });
  }
  const made = await store.accounts.create({ ...standingOf(body), ...judged.value, id: body.id ?? null }, now());
  if (made === 'id_taken') {
    const error = { pointer: '/id', message: 'Another account has this ID.' };
    return problem(409, error.message, { hint: `Choose another, or replace it: PUT ${PATH}.`, errors: [error] });
  }
  await services.providers.refresh();
  const headers = { location: `/v1/provider-accounts/${made.id}` };
  return { status: 201, headers, body: storedView(services, made) };
}

function standingOf({ name, provider, isDefault, enabled, perSecond }: AccountWrite) {
  return { name, provider, isDefault: isDefault ?? false, enabled: enabled ?? true, perSecond: perSecond ?? null };
}

/** Those of the environment have no time that they could be listed by: they come after all others. */
async function list(services: Services, query: PageQuery): Promise<ApiResponse> {
  const { limit = LIST_LIMITS.usual, cursor = '' } = query;
  const place = /^environment-(\d{1,4})$/.exec(cursor);
  const stored = place ? null : await services.store.accounts.list(pageRequest(query));
  const items = stored?.items.map((account) => storedView(services, account)) ?? [];
  if (stored?.nextCursor) return { status: 200, body: { items, nextCursor: stored.nextCursor } };
  return { status: 200, body: withEnvironment(services, items, Number(place?.[1] ?? 0), limit) };
}

function withEnvironment(services: Services, items: readonly AccountView[], from: number, limit: number) {
  const { environment } = services.accounts;
  const to = from + limit - items.length;
  const shown = environment.slice(from, to).map((account) => environmentView(services, account));
  return { items: [...items, ...shown], nextCursor: to < environment.length ? `environment-${to}` : null };
}

async function show(services: Services, id: string): Promise<ApiResponse> {
  const own = environmentAccount(services, id);
  if (own) return { status: 200, body: environmentView(services, own) };
  const account = await services.store.accounts.get(id);
  return account ? { status: 200, body: storedView(services, account) } : notFound('This account', NO_ACCOUNT);
}

async function replace(services: Services, { params, body }: ApiRequest<AccountWrite>): Promise<ApiResponse> {
  const { store, now } = services;
  const id = params.id ?? '';
  if (environmentAccount(services, id)) return ofEnvironment();
  const before = await store.accounts.get(id);
  if (!before) return notFound('This account', NO_ACCOUNT);
  if (body.id !== undefined && body.id !== id) {
    return invalid([{ pointer: '/id', message: 'An account keeps its ID: leave “id” out.' }]);
  }
  if (body.provider !== before.provider) {
    const message = `An account stays at its provider, which is ${before.provider}.`;
    return invalid([{ pointer: '/provider', message }], 'Make another account: POST /v1/provider-accounts.');
  }
  const judged = judgeAccount(services, body, before);
  if (!judged.ok) return invalid(judged.errors, judged.hint);
  const { settings, credentials } = judged.value;
  const { provider: _stays, ...standing } = standingOf(body);
  const change = { ...standing, settings, credentials: body.credentials === undefined ? null : credentials };
  const account = await store.accounts.replace(id, change, now());
  if (!account) return notFound('This account', NO_ACCOUNT);
  await services.providers.refresh();
  return { status: 200, body: storedView(services, account) };
}

async function remove(services: Services, id: string): Promise<ApiResponse> {
  if (environmentAccount(services, id)) return ofEnvironment();
  const account = await services.store.accounts.get(id);
  if (!account) return notFound('This account', NO_ACCOUNT);
  const users = await flowsThatNeed(services, account);
  if (users.length > 0) {
    return problem(409, `Published flows need this account: ${users.join(', ')}.`, {
      hint: 'Publish them with another provider or account, unpublish them, or set up another account first.',
    });
  }
  if (!(await services.store.accounts.delete(id))) return notFound('This account', NO_ACCOUNT);
  await services.providers.refresh();
  return { status: 204 };
}

async function test(services: Services, id: string): Promise<ApiResponse> {
  const account = environmentAccount(services, id) ?? (await services.store.accounts.get(id));
  if (!account) return notFound('This account', NO_ACCOUNT);
  await services.providers.refresh();
  const open = services.providers.receiving(account.provider).find((one) => one.id === id);
  return { status: 200, body: await tryAccount(open?.adapter ?? null, account.provider) };
}

function environmentAccount({ accounts }: Services, id: string): EnvironmentAccount | null {
  return accounts.environment.find((account) => account.id === id) ?? null;
}

function ofEnvironment(): ApiResponse {
  return problem(409, 'This account is described by the environment.', {
    hint: 'Change the variables that Onward is started with, or make another account: POST /v1/provider-accounts.',
  });
}
