import type { Event } from '../core/event';
import { fold } from '../core/evolve';
import { isoTime } from '../core/iso-time';
import type { State } from '../core/state';
import { storyReceipts } from '../core/story-receipts';
import { summaryOf, verdictsOf } from '../core/verdict';
import { invocationView } from '../core/view';
import { toWire } from '../core/wire';
import type { Receipt } from '../schemas/receipt';
import { type Story, type StoryCallback, storySchema } from '../schemas/story';
import type { Delivery, DeliveryStore, KeptReceipt, Store } from '../store/contract';
import { allows, seesAddresses } from './access';
import type { Caller } from './caller';
import { visibleRecord } from './invocations';
import { notFound } from './problem';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';

export function storyRoutes(services: Services): Route[] {
  return [
    route({
      method: 'GET',
      path: '/v1/invocations/{id}/story',
      summary: 'All that is known of one invocation: a verdict on each step, events, receipts as they came, callbacks',
      tag: 'invocations',
      access: { resource: 'invocations', level: 'VIEW' },
      responses: { 200: storySchema },
      handle: (request) => tell(services, request),
    }),
  ];
}

async function tell(services: Services, request: ApiRequest): Promise<ApiResponse> {
  const found = await visibleRecord(services, request);
  if (!found.ok) return found.response;
  const { record } = found;
  const { engine, store } = services;
  const [described, events, kept, callbacks] = await Promise.all([
    engine.describe(record.id),
    engine.history(record.id, 0),
    store.receipts.of(record.id),
    seesCallbacks(request.caller) ? callbacksOf(store, record.id) : [],
  ]);
  if (!described) return notFound('This invocation');
  const state = stateOf(described, events);
  const receipts = storyReceipts(state, events, kept.map(cameReceipt));
  const body: Story = {
    invocation: invocationView(state, record),
    recipient: seesAddresses(request.caller) ? record.recipient : null,
    summary: summaryOf(state, events),
    verdicts: verdictsOf(state, events),
    events: events.map((event) => toWire(event, state.ladder)),
    // A provider's own body holds addresses.
    receipts: seesAddresses(request.caller) ? receipts : receipts.map((receipt) => ({ ...receipt, raw: null })),
    callbacks,
  };
  return { status: 200, body };
}

/** The state that the events give, so that both tell the same where the run goes on meanwhile. */
function stateOf(described: State, events: readonly Event[]): State {
  return events[0]?.seq === 1 ? fold(described.ladder, events) : described;
}

function cameReceipt({ takenAt, receipt }: KeptReceipt) {
  return { takenAt, receipt: JSON.parse(receipt) as Receipt };
}

/** What went wrong with an endpoint is for those who may see its profile. */
function seesCallbacks(caller: Caller): boolean {
  return allows(caller.role, { resource: 'flows', level: 'VIEW' });
}

async function callbacksOf({ deliveries }: Store, invocationId: string): Promise<StoryCallback[]> {
  const found = await deliveries.ofInvocation(invocationId);
  return Promise.all(found.map((delivery) => callbackOf(deliveries, delivery)));
}

async function callbackOf(deliveries: DeliveryStore, delivery: Delivery): Promise<StoryCallback> {
  const { id, profileId, type, status, createdAt } = delivery;
  const attempts = await deliveries.attempts(id);
  return {
    id,
    profileId,
    type,
    status,
    createdAt: isoTime(createdAt),
    attempts: attempts.map(({ at, responseCode, durationMs, error }) => {
      return { at: isoTime(at), responseCode, durationMs, error };
    }),
  };
}
