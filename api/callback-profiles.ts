import { randomBytes } from 'node:crypto';
import {
  type CallbackProfileWrite,
  callbackProfileSchema,
  callbackProfileWriteSchema,
  madeCallbackProfileSchema,
} from '../schemas/callback-profile';
import { LIST_LIMITS, listOf, type PageQuery, pageQuerySchema } from '../schemas/list';
import type { CallbackProfile } from '../store/contract';
import { profileView } from './callback-profile-view';
import { FLOW_EDIT, FLOW_VIEW } from './flows';
import { judgeCallbackProfile } from './judge-callback-profile';
import { everyItem, pageOf, pageRequest } from './page';
import { invalid, notFound, problem } from './problem';
import { type ApiRequest, type ApiResponse, type Route, type RouteAudit, route } from './route';
import type { Services } from './services';

export const PROFILES_PATH = '/v1/callback-profiles';
const PATH = `${PROFILES_PATH}/{id}`;
const TAG = 'callback profiles';
/** The deliverer looks each of them up. */
const PROFILES_MAX = LIST_LIMITS.most;
/** By Standard Webhooks 24 to 64. */
const SECRET_BYTES = 32;

/** For the audit. */
export function profileState({ store, now }: Services): RouteAudit['read'] {
  return async ({ id = '' }) => {
    const profile = await store.callbackProfiles.get(id);
    return profile && profileView(profile, now());
  };
}

export function callbackProfileRoutes(services: Services): Route[] {
  return [
    route<CallbackProfileWrite>({
      method: 'POST',
      path: PROFILES_PATH,
      summary: 'Say where callbacks go; the secret that they are signed with is shown this once',
      tag: TAG,
      access: FLOW_EDIT,
      audit: { action: 'callback_profile.created', resource: 'callback_profile', read: profileState(services) },
      body: callbackProfileWriteSchema,
      responses: { 201: madeCallbackProfileSchema },
      handle: (request) => create(services, request.body),
    }),
    route<unknown, PageQuery>({
      method: 'GET',
      path: PROFILES_PATH,
      summary: 'All callback profiles, newest first; secrets are never shown',
      tag: TAG,
      access: FLOW_VIEW,
      query: pageQuerySchema,
      responses: { 200: listOf(callbackProfileSchema) },
      async handle({ query }) {
        const page = await services.store.callbackProfiles.list(pageRequest(query));
        return { status: 200, body: pageOf(page, (profile) => profileView(profile, services.now())) };
      },
    }),
    route({
      method: 'GET',
      path: PATH,
      summary: 'One callback profile',
      tag: TAG,
      access: FLOW_VIEW,
      responses: { 200: callbackProfileSchema },
      async handle(request) {
        const profile = await profileOf(services, request);
        return profile ? { status: 200, body: profileView(profile, services.now()) } : unknownProfile();
      },
    }),
    route<CallbackProfileWrite>({
      method: 'PUT',
      path: PATH,
      summary: 'Replace a callback profile; left out, its headers and its authentication stay',
      tag: TAG,
      access: FLOW_EDIT,
      audit: { action: 'callback_profile.changed', resource: 'callback_profile', read: profileState(services) },
      body: callbackProfileWriteSchema,
      responses: { 200: callbackProfileSchema },
      handle: (request) => replace(services, request),
    }),
    route({
      method: 'DELETE',
      path: PATH,
      summary: 'Delete a callback profile that no published flow names',
      tag: TAG,
      access: FLOW_EDIT,
      audit: { action: 'callback_profile.deleted', resource: 'callback_profile', read: profileState(services) },
      responses: { 204: null },
      handle: (request) => remove(services, request),
    }),
  ];
}

export function profileOf(
  { store }: Services,
  { params }: Pick<ApiRequest, 'params'>,
): Promise<CallbackProfile | null> {
  return store.callbackProfiles.get(params.id ?? '');
}

export function unknownProfile(): ApiResponse {
  return notFound('This callback profile', `GET ${PROFILES_PATH} lists them.`);
}

/** What callbacks are signed with, by Standard Webhooks 1.0.0. */
export function newSecret(): string {
  return `whsec_${randomBytes(SECRET_BYTES).toString('base64')}`;
}

async function create(services: Services, body: CallbackProfileWrite): Promise<ApiResponse> {
  const { store, now } = services;
  const judged = await judgeCallbackProfile(services.callbacks, body, { headers: {}, auth: null });
  if (!judged.ok) return invalid(judged.errors, judged.hint);
  if ((await store.callbackProfiles.list({ limit: PROFILES_MAX, cursor: null })).items.length >= PROFILES_MAX) {
    return problem(409, `There are ${PROFILES_MAX} callback profiles.`, { hint: 'Delete one that is not used.' });
  }
  const secret = newSecret();
  const made = await store.callbackProfiles.create(
    { ...standingOf(body), ...sealedOf(judged), secrets: [{ secret, until: null }], id: body.id ?? null },
    now(),
  );
  if (made === 'id_taken') {
    const error = { pointer: '/id', message: 'Another callback profile has this ID.' };
    return problem(409, error.message, { hint: `Choose another, or replace it: PUT ${PATH}.`, errors: [error] });
  }
  const headers = { location: `${PROFILES_PATH}/${made.id}` };
  return { status: 201, headers, body: { ...profileView(made, now()), secret } };
}

function standingOf({ name, url, types, format, enabled }: CallbackProfileWrite) {
  return { name, url, types: types ?? null, format: format ?? ('onward' as const), enabled: enabled ?? true };
}

function sealedOf({ headers, auth }: Pick<CallbackProfile, 'headers' | 'auth'>) {
  return { headers, auth };
}

async function replace(services: Services, request: ApiRequest<CallbackProfileWrite>): Promise<ApiResponse> {
  const { store, now } = services;
  const { body } = request;
  const before = await profileOf(services, request);
  if (!before) return unknownProfile();
  if (body.id !== undefined && body.id !== before.id) {
    return invalid([{ pointer: '/id', message: 'A callback profile keeps its ID: leave “id” out.' }]);
  }
  const judged = await judgeCallbackProfile(services.callbacks, body, before);
  if (!judged.ok) return invalid(judged.errors, judged.hint);
  const change = { ...standingOf(body), ...sealedOf(judged) };
  const profile = await store.callbackProfiles.replace(before.id, change, now());
  if (!profile) return unknownProfile();
  services.callbacks.wake();
  return { status: 200, body: profileView(profile, now()) };
}

async function remove(services: Services, request: ApiRequest): Promise<ApiResponse> {
  const profile = await profileOf(services, request);
  if (!profile) return unknownProfile();
  const users = await flowsThatName(services, profile.id);
  if (users.length > 0) {
    return problem(409, `Published flows name this callback profile: ${users.join(', ')}.`, {
      hint: 'Publish them with another, unpublish them, or disable the profile: PUT with “enabled” false.',
    });
  }
  return (await services.store.callbackProfiles.delete(profile.id)) ? { status: 204 } : unknownProfile();
}

/** Workflow IDs of published flows whose runs are told to the profile. */
async function flowsThatName({ store }: Services, profileId: string): Promise<string[]> {
  const users: string[] = [];
  for await (const flow of everyItem((page) => store.flows.list(page))) {
    if (flow.publishedVersion === null) continue;
    const version = await store.flows.version(flow.id, flow.publishedVersion);
    if (version?.definition.callbackProfile === profileId) users.push(flow.workflowId);
  }
  return users;
}
