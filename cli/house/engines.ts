import type { Metrics } from '../../api/metrics';
import { type Engine, EngineUnavailable } from '../../core/engine';
import type { Input } from '../../core/input';
import { EmbeddedEngine } from '../../embedded/engine';
import { Journal } from '../../embedded/journal';
import type { RecentSends } from '../../providers/recent-sends';
import type { FinalStatus, Reason } from '../../schemas/vocabulary';
import type { RunTracing } from '../../tracing/contract';
import type { HouseMetrics } from './house-metrics';
import type { Links } from './links';
import type { LocalFiles, Rooms } from './rooms';
import { measureSends } from './send-metrics';
import type { TemporalLink } from './temporal-link';

/** Who is told of what the engine does. */
interface Counting {
  metrics: Metrics;
  houseMetrics: HouseMetrics;
  runTracing: RunTracing | null;
  recentSends: RecentSends;
}

export function embeddedEngine(
  { links }: { links: Links },
  { local, activities: plain, ladderOf, providers, clock, onFault }: Rooms,
  { metrics, houseMetrics, runTracing, recentSends }: Counting,
): EmbeddedEngine {
  const { group, log } = local as LocalFiles;
  const measured = measureSends(metrics.registry, plain, houseMetrics.sent, ({ route }, input, ms) => {
    const account = route.account ?? providers.find(route)?.id;
    const { provider } = route;
    const answer = answerOf(input);
    if (answer && account !== undefined) recentSends.ended({ provider, account, ...answer, ms });
  });
  const engine = new EmbeddedEngine({
    journal: new Journal(group, log),
    activities: runTracing?.traced(measured) ?? measured,
    recordsApart: links.mongo !== null,
    ladderOf,
    accountOf: (route) => providers.find(route),
    clock,
    onEnded({ id, ladder, state }) {
      metrics.invocationEnded(state.status as FinalStatus, ladder.mode);
      runTracing?.ended({ invocationId: id, state, history: () => engine.history(id, 0) });
    },
    onAdvanced: houseMetrics.advanced,
    onFault,
  });
  houseMetrics.watchEngine(engine);
  return engine;
}

export async function temporalEngine(
  { log, histories, store, ladderOf, clock, onFault }: Rooms,
  { client, settings, tracing }: TemporalLink,
  { sendTimeoutSeconds }: { sendTimeoutSeconds: number },
): Promise<Engine> {
  // Loaded here: on one machine alone nothing of it is needed.
  const { TemporalEngine } = await import('../../temporal/engine');
  return new TemporalEngine({
    client,
    taskQueue: settings.taskQueue,
    log,
    histories,
    ladderOf,
    async refOf(id) {
      const record = await store.records.get(id);
      return record && { flowId: record.flowId, version: record.flowVersion, mode: record.mode };
    },
    sendTimeoutMs: sendTimeoutSeconds * 1000,
    under: tracing?.under,
    clock,
    onFault,
  });
}

/** Null where no provider was asked: what a gate holds back says nothing of it. */
function answerOf(input: Input): { reason: Reason | null; code: string | null } | null {
  if (input.type === 'SendAccepted') return { reason: null, code: null };
  if (input.type === 'SendRejected') return { reason: input.reason, code: input.code };
  return input.type === 'SendUncertain' ? { reason: 'uncertain', code: null } : null;
}

/** What a process without an engine has in its place: it takes receipts for it, by way of the log. */
export const ENGINE_ELSEWHERE: Engine = {
  start: () => refuse(),
  receive: () => refuse(),
  cancel: () => refuse(),
  complete: () => refuse(),
  describe: () => refuse(),
  history: () => refuse(),
  changed: () => refuse(),
  unavailable: () => null,
  close: async () => {},
};

function refuse(): Promise<never> {
  return Promise.reject(new EngineUnavailable('this process has no engine'));
}
