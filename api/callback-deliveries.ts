import { isoTime } from '../core/iso-time';
import {
  type DeliveryListQuery,
  type DeliveryView,
  deliveryQuerySchema,
  deliverySchema,
  type Redeliver,
  redeliveredSchema,
  redeliverSchema,
  wholeDeliverySchema,
} from '../schemas/callback-delivery';
import { listOf } from '../schemas/list';
import type { CallbackProfile, Delivery } from '../store/contract';
import { PROFILES_PATH, profileOf, unknownProfile } from './callback-profiles';
import { outOfScope } from './flow-scope';
import { FLOW_EDIT, FLOW_VIEW } from './flows';
import { pageOf, pageRequest } from './page';
import { notFound, problem } from './problem';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

const OF_PROFILE = `${PROFILES_PATH}/{id}`;
const TAG = 'callback profiles';

/** What callbacks were made, and making them again. A delivery is found with its profile's ID or without. */
export function callbackDeliveryRoutes(services: Services): Route[] {
  return [
    ...[`${PROFILES_PATH}/deliveries/{deliveryId}`, `${OF_PROFILE}/deliveries/{deliveryId}`].flatMap((path) => [
      route({
        method: 'GET',
        path,
        summary: 'One callback: its body, and every attempt',
        tag: TAG,
        access: FLOW_VIEW,
        responses: { 200: wholeDeliverySchema },
        handle: (request) => show(services, request),
      }),
      route({
        method: 'POST',
        path: `${path}/redeliver`,
        summary: 'Make it again, with the same ID and body and the whole schedule before it',
        tag: TAG,
        access: FLOW_EDIT,
        audit: { action: 'callback.redelivered', resource: 'callback', idIn: 'deliveryId' },
        responses: { 202: deliverySchema },
        handle: (request) => redeliver(services, request),
      }),
    ]),
    route<unknown, DeliveryListQuery>({
      method: 'GET',
      path: `${OF_PROFILE}/deliveries`,
      summary: 'The callbacks of a profile, newest first',
      tag: TAG,
      access: FLOW_VIEW,
      query: deliveryQuerySchema,
      responses: { 200: listOf(deliverySchema) },
      handle: (request) => list(services, request),
    }),
    route<Redeliver>({
      method: 'POST',
      path: `${OF_PROFILE}/redeliver`,
      summary: 'Make every failed callback since a time again',
      tag: TAG,
      access: FLOW_EDIT,
      audit: { action: 'callback.failed_redelivered', resource: 'callback_profile' },
      body: redeliverSchema,
      responses: { 202: redeliveredSchema },
      handle: (request) => redeliverFailed(services, request),
    }),
  ];
}

async function list(services: Services, request: ApiRequest<unknown, DeliveryListQuery>): Promise<ApiResponse> {
  const profile = await profileOf(services, request);
  if (!profile) return unknownProfile();
  const { status, type, invocationId, from, to } = request.query;
  const query = { profileId: profile.id, status, type, invocationId, from: timeOf(from), to: timeOf(to) };
  const page = await services.store.deliveries.list(query, pageRequest(request.query));
  const seen = await Promise.all(page.items.map((delivery) => isOfTheirs(services, request, delivery)));
  return { status: 200, body: pageOf({ ...page, items: page.items.filter((_, at) => seen[at]) }, deliveryView) };
}

async function show(services: Services, request: ApiRequest): Promise<ApiResponse> {
  const delivery = await deliveryOf(services, request);
  if (!delivery || !(await isOfTheirs(services, request, delivery))) return unknownDelivery();
  const attempts = await services.store.deliveries.attempts(delivery.id);
  const shown = attempts.map((attempt) => ({ ...attempt, at: isoTime(attempt.at) }));
  return { status: 200, body: { ...deliveryView(delivery), body: delivery.body, attempts: shown } };
}

async function redeliver(services: Services, request: ApiRequest): Promise<ApiResponse> {
  const { store, now, callbacks } = services;
  const delivery = await deliveryOf(services, request);
  if (!delivery) return unknownDelivery();
  const profile = await store.callbackProfiles.get(delivery.profileId);
  if (!profile?.enabled) return disabled(profile);
  const again = await store.deliveries.redeliver(delivery.id, now());
  if (!again) return unknownDelivery();
  callbacks.wake();
  return { status: 202, body: deliveryView(again) };
}

async function redeliverFailed(services: Services, request: ApiRequest<Redeliver>): Promise<ApiResponse> {
  const { store, now, callbacks } = services;
  const profile = await profileOf(services, request);
  if (!profile) return unknownProfile();
  if (!profile.enabled) return disabled(profile);
  const redelivered = await store.deliveries.redeliverFailed(profile.id, Date.parse(request.body.since), now());
  callbacks.wake();
  return { status: 202, body: { redelivered } };
}

/** Null also where it is of another profile than the path names. */
async function deliveryOf({ store }: Services, { params }: ApiRequest): Promise<Delivery | null> {
  const delivery = await store.deliveries.get(params.deliveryId ?? '');
  return delivery && (params.id === undefined || params.id === delivery.profileId) ? delivery : null;
}

/** What a callback tells is of its run: whoever is held to flows sees those of their runs. */
async function isOfTheirs(
  { store }: Services,
  { caller }: Pick<ApiRequest, 'caller'>,
  { invocationId }: Delivery,
): Promise<boolean> {
  if (caller.flows === null) return true;
  const record = invocationId === '' ? null : await store.records.get(invocationId);
  return record !== null && outOfScope(caller, record.flowId) === null;
}

function unknownDelivery(): ApiResponse {
  return notFound('This callback', `GET ${OF_PROFILE}/deliveries lists those of a profile.`);
}

/** It would fail at once. */
function disabled(profile: CallbackProfile | null): ApiResponse {
  if (!profile) return problem(409, 'Its callback profile has been deleted.', { hint: 'Nothing can be sent to it.' });
  return problem(409, `The callback profile ${profile.id} is disabled.`, {
    hint: `Enable it first: PUT ${PROFILES_PATH}/${profile.id} with “enabled” true.`,
  });
}

function deliveryView(delivery: Delivery): DeliveryView {
  const { id, profileId, type, invocationId, seq, mode, status, tries, responseCode, error } = delivery;
  const ofRun = invocationId !== '';
  return {
    ...{ id, callbackProfileId: profileId, type, mode, status, tries, responseCode, error },
    invocationId: ofRun ? invocationId : null,
    seq: ofRun ? seq : null,
    createdAt: isoTime(delivery.createdAt),
    dueAt: delivery.dueAt === null ? null : isoTime(delivery.dueAt),
    settledAt: delivery.settledAt === null ? null : isoTime(delivery.settledAt),
  };
}

function timeOf(text: string | undefined): number | undefined {
  return text === undefined ? undefined : Date.parse(text);
}
