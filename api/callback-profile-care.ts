import { ulid } from 'ulid';
import { isoTime } from '../core/iso-time';
import { type CallbackType, typesTold } from '../schemas/callback';
import {
  type CallbackTrial,
  callbackTrialSchema,
  callbackTriedSchema,
  ROTATION_SECONDS,
  type RotateSecret,
  rotatedSecretSchema,
  rotateSecretSchema,
} from '../schemas/callback-profile';
import type { CallbackProfile } from '../store/contract';
import { newSecret, PROFILES_PATH, profileOf, profileState, unknownProfile } from './callback-profiles';
import { FLOW_EDIT } from './flows';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

const PATH = `${PROFILES_PATH}/{id}`;
/** Each makes every callback's signature header longer. */
const SECRETS_MAX = 3;

/** What is done with a profile: another secret, and a trial of it. */
export function callbackProfileCareRoutes(services: Services): Route[] {
  return [
    route<RotateSecret>({
      method: 'POST',
      path: `${PATH}/rotate-secret`,
      summary: 'Sign with a new secret, and for a while with the one before too',
      tag: 'callback profiles',
      access: FLOW_EDIT,
      audit: { action: 'callback_profile.secret_rotated', resource: 'callback_profile', read: profileState(services) },
      body: rotateSecretSchema,
      bodyOptional: true,
      responses: { 200: rotatedSecretSchema },
      handle: (request) => rotate(services, request),
    }),
    route<CallbackTrial>({
      method: 'POST',
      path: `${PATH}/test`,
      summary: 'Make callbacks with made-up facts now, and say what came of them; nothing is kept of it',
      tag: 'callback profiles',
      access: FLOW_EDIT,
      body: callbackTrialSchema,
      bodyOptional: true,
      responses: { 200: callbackTriedSchema },
      handle: (request) => test(services, request),
    }),
  ];
}

async function rotate(services: Services, request: ApiRequest<RotateSecret>): Promise<ApiResponse> {
  const profile = await profileOf(services, request);
  if (!profile) return unknownProfile();
  const now = services.now();
  const previousUntil = now + (request.body.overlapSeconds ?? ROTATION_SECONDS.usual) * 1000;
  const secret = newSecret();
  const { name, url, types, format, headers, auth, enabled } = profile;
  const secrets = [{ secret, until: null }, ...previousSecrets(profile, previousUntil, now)];
  const change = { name, url, types, format, headers, auth, enabled, secrets };
  if (!(await services.store.callbackProfiles.replace(profile.id, change, now))) return unknownProfile();
  return { status: 200, body: { secret, previousUntil: isoTime(previousUntil) } };
}

/** Those that still count, the newest first, none of them beyond `previousUntil`. */
function previousSecrets({ secrets }: CallbackProfile, previousUntil: number, now: number) {
  return secrets
    .map(({ secret, until }) => ({ secret, until: Math.min(until ?? previousUntil, previousUntil) }))
    .filter(({ until }) => until > now)
    .slice(0, SECRETS_MAX - 1);
}

/** All at once: an endpoint that hangs takes as long for ten as for one. */
async function test(services: Services, request: ApiRequest<CallbackTrial>): Promise<ApiResponse> {
  const profile = await profileOf(services, request);
  if (!profile) return unknownProfile();
  const { type } = request.body;
  const types = type ? [type] : typesTold(profile.format, profile.types);
  const results = await Promise.all(types.map((one) => tried(services, profile, one)));
  return { status: 200, body: { results } };
}

async function tried({ callbacks, now }: Services, profile: CallbackProfile, type: CallbackType) {
  const deliveryId = `cbd_test_${ulid(now())}`;
  const body = callbacks.sample(profile, type, now());
  const { responseCode, error, durationMs, response } = await callbacks.trial(profile, { id: deliveryId, body });
  return { type, deliveryId, responseCode, error, durationMs: Math.round(durationMs), response };
}
