import { listOf } from '../schemas/list';
import { accountFlowsSchema, providerKindSchema } from '../schemas/provider-account';
import { notFound } from './problem';
import { flowsThatNeed } from './provider-account-users';
import { type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

const ADMINISTRATION = { resource: 'administration', level: 'EDIT' } as const;
const TAG = 'provider accounts';

/** What accounts can be made of, and who needs those that there are: for whoever is about to make or delete one. */
export function providerKindRoutes(services: Services): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/provider-kinds',
      summary: 'Providers that have accounts, with the JSON Schemas of their settings and credentials',
      tag: TAG,
      access: ADMINISTRATION,
      responses: { 200: listOf(providerKindSchema) },
      async handle() {
        const items = services.accounts.kinds.map(({ provider, settings, credentials }) => {
          return { provider, settings, credentials };
        });
        return { status: 200, body: { items, nextCursor: null } };
      },
    }),
    route({
      method: 'GET',
      path: '/v1/provider-accounts/{id}/flows',
      summary: 'The published flows that need an account: while there are any, it cannot be deleted',
      tag: TAG,
      access: ADMINISTRATION,
      responses: { 200: accountFlowsSchema },
      handle: ({ params }) => users(services, params.id ?? ''),
    }),
  ];
}

async function users(services: Services, id: string): Promise<ApiResponse> {
  const { store, accounts } = services;
  const account = accounts.environment.find((one) => one.id === id) ?? (await store.accounts.get(id));
  if (!account) return notFound('This account', 'GET /v1/provider-accounts lists the accounts.');
  return { status: 200, body: { workflowIds: await flowsThatNeed(services, account) } };
}
