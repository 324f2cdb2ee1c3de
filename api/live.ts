import { isoTime } from '../core/iso-time';
import type { Lag } from '../log/contract';
import type { SendHealth } from '../providers/contract';
import { type Live, liveSchema } from '../schemas/live';
import { MODES, type Mode } from '../schemas/vocabulary';
import type { RunningCount } from '../store/contract';
import type { Caller } from './caller';
import { modeOf } from './mode';
import { type Route, route } from './route';
import type { Services } from './services';

/** However many look on, it is made up so often at most. */
const HELD_MS = 1000;

export function liveRoutes(services: Services): Route[] {
  const held = new Map<Mode, { live: Promise<Live>; until: number }>();
  const now = (mode: Mode): Promise<Live> => {
    const known = held.get(mode);
    if (known && services.now() < known.until) return known.live;
    const live = lookNow(services, mode);
    held.set(mode, { live, until: services.now() + HELD_MS });
    live.catch(() => held.delete(mode));
    return live;
  };
  return [
    route<unknown, { mode?: Mode }>({
      method: 'GET',
      path: '/v1/live',
      summary: 'What happens now: runs, rates, lag, providers, dead letters, callbacks',
      tag: 'analytics',
      access: { resource: 'analytics', level: 'VIEW' },
      query: {
        type: 'object',
        additionalProperties: false,
        properties: { mode: { type: 'string', enum: MODES, description: 'Default: live.' } },
      },
      responses: { 200: liveSchema },
      async handle({ query, caller }) {
        const mode = modeOf(caller, query.mode);
        if (!mode.ok) return mode.response;
        return { status: 200, body: seenBy(caller, await now(mode.mode)) };
      },
    }),
  ];
}

/** A key that is held to flows sees those running; what is not of one flow it sees as everybody. */
function seenBy({ flows }: Caller, live: Live): Live {
  if (flows === null) return live;
  const byFlow = live.running.byFlow.filter(({ flowId }) => flows.includes(flowId));
  const total = byFlow.reduce((sum, { running }) => sum + running, 0);
  return { ...live, running: { total, byFlow } };
}

async function lookNow(services: Services, mode: Mode): Promise<Live> {
  const { store, live, now } = services;
  const [running, lags, deadLetters, backlog, profiles] = await Promise.all([
    store.invocations.running(mode),
    // A log that is away is no reason to show nothing.
    live?.lag().catch(() => null) ?? null,
    live?.deadLetters().catch(() => null) ?? null,
    store.deliveries.backlog(),
    store.callbackProfiles.all(),
  ]);
  const enabled = profiles.filter((profile) => profile.enabled);
  return {
    at: isoTime(now()),
    mode,
    running: await runningView(services, running),
    rates: ratesOf(services, mode),
    lag: lagOf(lags, live?.followed()?.lagSeconds ?? null),
    providers: live?.sends().map((health) => providerView(health, live.sendsHere)) ?? [],
    deadLetters,
    callbacks: {
      pending: backlog.pending,
      failing: enabled.filter(({ failingSince }) => failingSince !== null).length,
      disabledProfiles: profiles.length - enabled.length,
    },
  };
}

async function runningView({ store }: Services, counts: readonly RunningCount[]): Promise<Live['running']> {
  const views = counts.map(async ({ flowId, workflowId, count }) => {
    const flow = await store.flows.get(flowId);
    return { flowId, workflowId, name: flow?.name ?? workflowId, running: count };
  });
  const byFlow = (await Promise.all(views)).sort((a, b) => b.running - a.running);
  return { total: byFlow.reduce((sum, { running }) => sum + running, 0), byFlow };
}

function ratesOf({ metrics: { recent }, live }: Services, mode: Mode): Live['rates'] {
  return {
    invocationsPerSecond: recent.started[mode].perSecond(),
    endedPerSecond: live?.endsHere ? recent.ended[mode].perSecond() : null,
    receiptsPerSecond: live?.receiptsHere ? recent.receipts.perSecond() : null,
    callbacksPerSecond: live?.followed()?.callbacksPerSecond ?? null,
  };
}

function lagOf(lags: readonly Lag[] | null, oldestSeconds: number | null): Live['lag'] {
  const behind = (of: (lag: Lag) => boolean) => lags?.filter(of).reduce((sum, { records }) => sum + records, 0) ?? null;
  return {
    eventsBehind: behind(({ group }) => group === 'projector'),
    receiptsBehind: behind(({ topic, group }) => topic === 'onward.receipts' && group === 'engine'),
    oldestSeconds,
  };
}

/** Where others send, all that is known of an account is that it is there. */
function providerView({ provider, account, ...health }: SendHealth, here: boolean): Live['providers'][number] {
  if (!here) {
    const unknown = { breaker: null, sent: null, failed: null, failureRate: null, p95Ms: null, lastFailure: null };
    return { provider, account, ...unknown };
  }
  const { sent, failed, lastFailure } = health;
  return {
    provider,
    account,
    ...health,
    failureRate: sent === 0 ? null : failed / sent,
    lastFailure: lastFailure && { ...lastFailure, at: isoTime(lastFailure.at) },
  };
}
