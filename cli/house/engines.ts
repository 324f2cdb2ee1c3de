import type { Metrics } from '../../api/metrics';
import { type Engine, EngineUnavailable } from '../../core/engine';
import { EmbeddedEngine } from '../../embedded/engine';
import { Journal } from '../../embedded/journal';
import type { FinalStatus } from '../../schemas/vocabulary';
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
}

export function embeddedEngine(
  { links }: { links: Links },
  { local, activities: plain, ladderOf, providers, clock, onFault }: Rooms,
  { metrics, houseMetrics, runTracing }: Counting,
): EmbeddedEngine {
  const { group, log } = local as LocalFiles;
  const measured = measureSends(metrics.registry, plain, houseMetrics.sent);
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
