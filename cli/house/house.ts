import { setTimeout as pause } from 'node:timers/promises';
import { draftRenderer } from '../../activities/render';
import type { ApiDeps, Logger } from '../../api/deps';
import { createMetrics, type Metrics } from '../../api/metrics';
import { createCallbackSender } from '../../callbacks/sender';
import { type Engine, EngineUnavailable } from '../../core/engine';
import { EmbeddedEngine } from '../../embedded/engine';
import { Journal } from '../../embedded/journal';
import type { Lag, Log } from '../../log/contract';
import { startRelay } from '../../log/relay';
import { startTidying } from '../../log/sqlite/tidy';
import { caughtUp } from '../../projection/catch-up';
import { createProviderMetrics } from '../../providers/metrics';
import { consumeReceipts } from '../../receipts/consume';
import { createKnown } from '../../receipts/known';
import { createDeadLetters } from '../../receipts/redrive';
import type { Adapters } from '../settings';
import { openPost } from './callbacks';
import type { Links } from './links';
import { type LocalFiles, openRooms, type Rooms, type RoomsOptions } from './rooms';
import { soon } from './soon';
import type { TemporalLink } from './temporal-link';

export interface HouseOptions extends Pick<RoomsOptions, 'kinds' | 'env'> {
  dataFolder: string;
  secret: string;
  publicUrl: string;
  sendTimeoutSeconds: number;
  version: string;
  logger: Logger;
  links: Links;
  /** Ranges within that callbacks may go to, as ONWARD_CALLBACK_ALLOW has them; left out: none. */
  callbackAllow?: string;
  adapters: Pick<Adapters, 'engine'>;
  /** Where the runs are decided: by Temporal, by the embedded engine, or not in this process. */
  engine: TemporalLink | 'embedded' | 'elsewhere';
}

/** The house with its rooms joined: what the roles of a process are made of. */
export interface House extends Pick<Rooms, 'local' | 'log' | 'store' | 'onFault'> {
  api: ApiDeps & { metrics: Metrics };
  engine: Engine;
  /** For the process's own log: nothing is wrong here, and somebody should know of it. */
  onWarning(message: string, fields: Record<string, string>): void;
  /** Says how to hasten the projection where it runs in this process. */
  hastenProjection(wake: () => void): void;
  /** The same for what makes the callbacks. */
  hastenCallbacks(wake: () => void): void;
  /** Reads what was open, takes the receipts that waited in the log, and only then lets deadlines fire. */
  startEngine(): Promise<void>;
  /** Takes no more work, finishes the sends in hand, answers those who wait. What is stored can still be read. */
  stopEngine(): Promise<void>;
  /** Stops the engine, flushes, closes the files. */
  close(): Promise<void>;
}

/** The composition root: with its neighbours in this folder, the one place that knows which adapter is behind a contract. */
export async function compose(options: HouseOptions): Promise<House> {
  const temporal = typeof options.engine === 'object' ? options.engine : null;
  const way = openPost({ allow: options.callbackAllow ?? '', version: options.version });
  const metrics = createMetrics();
  const providerMetrics = createProviderMetrics(metrics.registry);
  const rooms = await openRooms({ ...options, engine: options.adapters.engine, part: 'house', providerMetrics });
  const { local, log, store, intake, providers, catalog, prices, sandbox, references, clock, onFault } = rooms;
  const embedded = options.engine === 'embedded' ? embeddedEngine(options, rooms, metrics) : null;
  const engine = embedded ?? (temporal ? await temporalEngine(rooms, temporal, options) : ENGINE_ELSEWHERE);
  const folded = foldedLog(options, rooms);
  metrics.watch({ lag: () => everyLag(rooms, folded), parked: () => store.parked.count() });

  const foldedTo = (partition: number) => store.invocations.foldedTo(partition);
  let wakeProjection: () => void = () => {};
  let wakeCallbacks: () => void = () => {};
  let working: { stop(): Promise<void> }[] = [];
  const stopEngine = async () => {
    // First: an engine that is stopping refuses receipts, and they would be taken for faults.
    for (const one of working.splice(0)) await one.stop();
    await engine.close();
  };
  const { logger, publicUrl, version } = options;
  return {
    local,
    log,
    store,
    onFault,
    onWarning: (message, fields) => logger.warn(fields, message),
    api: {
      engine,
      store,
      intake,
      deadLetters: createDeadLetters(log),
      providers,
      accounts: rooms.accounts,
      catalog,
      prices,
      sandbox,
      callbacks: createCallbackSender({ ...way, wake: () => wakeCallbacks() }),
      renderer: draftRenderer,
      logger,
      metrics,
      providerMetrics,
      publicUrl,
      version,
      // With the spool it can take what nobody would send again: so it has to be called.
      logUnavailable: () => (rooms.spool ? null : log.unavailable()),
      projected: () =>
        caughtUp({
          ends: () => folded.ends('onward.events'),
          foldedTo,
          wake: () => wakeProjection(),
        }),
      temporalCodec: temporal?.codecService,
    },
    engine,
    hastenProjection(wake) {
      wakeProjection = wake;
    },
    hastenCallbacks(wake) {
      wakeCallbacks = wake;
    },
    async startEngine() {
      if (engine === ENGINE_ELSEWHERE) return;
      // Where Temporal decides, its workers are who sends.
      if (embedded) providers.connect();
      await embedded?.recover();
      if (local && local.log !== log) working.push(...(await carryOn(local, log, embedded !== null, onFault)));
      if (local) working.push(startTidying({ log: local.log, topic: 'onward.receipts', group: 'engine', onFault }));
      const known = createKnown({ ends: () => folded.ends('onward.events'), foldedTo, clock });
      const consumer = consumeReceipts({ log, engine, store, references, known, clock, onFault });
      working = [soon(consumer, onFault), ...working];
      if (embedded) await consumer.then(() => receiptsTaken(log));
      sandbox.resume();
      embedded?.startClock();
    },
    stopEngine,
    async close() {
      await stopEngine();
      way.agents.close();
      await rooms.close();
      await options.links.mongo?.close();
    },
  };
}

function embeddedEngine(
  { links }: HouseOptions,
  { local, activities, ladderOf, providers, clock, onFault }: Rooms,
  metrics: Metrics,
): EmbeddedEngine {
  const { group, log } = local as LocalFiles;
  return new EmbeddedEngine({
    journal: new Journal(group, log),
    activities,
    recordsApart: links.mongo !== null,
    ladderOf,
    accountOf: (route) => providers.find(route),
    clock,
    onEnded: (mode, status) => metrics.invocationEnded(status, mode),
    onFault,
  });
}

async function temporalEngine(
  { log, histories, store, ladderOf, clock, onFault }: Rooms,
  { client, settings }: TemporalLink,
  { sendTimeoutSeconds }: HouseOptions,
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
    clock,
    onFault,
  });
}

/**
 * The embedded engine's events go from its journal to the log that others read; and the receipts that it had not taken
 * when the log was still here go there too.
 */
async function carryOn({ log: from }: LocalFiles, to: Log, embedded: boolean, onFault: Rooms['onFault']) {
  const receipts = await startRelay({ from, to, topic: 'onward.receipts', group: 'engine', onFault });
  if (!embedded) return [receipts];
  return [receipts, await startRelay({ from, to, topic: 'onward.events', group: RELAY, onFault })];
}

const RELAY = 'relay';

/** The log whose positions the read model has: a store of this machine folds the events table of this machine. */
function foldedLog({ links }: HouseOptions, { local, log }: Rooms): Log {
  return links.mongo || !local ? log : local.log;
}

/** The projection's position is the read model's own. */
async function everyLag({ local, log, spool, store }: Rooms, folded: Log): Promise<Lag[]> {
  const ends = await folded.ends('onward.events');
  // Kafka counts from 0, the file of this machine from 1.
  const beforeFirst = folded === local?.log ? 0 : -1;
  const behind = [...ends].map(async ([partition, end]): Promise<Lag> => {
    const foldedTo = await store.invocations.foldedTo(partition);
    const records = Math.max(end - (foldedTo ?? beforeFirst), 0);
    return { topic: 'onward.events', group: 'projector', partition, records };
  });
  const told = local && local.log !== log ? await local.log.lag() : [];
  const others = [
    ...(await log.lag()),
    ...told.filter(({ group }) => group === RELAY),
    ...((await spool?.lag()) ?? []),
  ];
  return [...others.filter(({ group }) => group !== 'projector'), ...(await Promise.all(behind))];
}

const CATCH_UP = { patienceMs: 10_000, lookEveryMs: 20 } as const;

/** A receipt that was acknowledged before the stop goes before the deadline that passed during it. */
async function receiptsTaken(log: Log): Promise<void> {
  const until = Date.now() + CATCH_UP.patienceMs;
  while (Date.now() < until) {
    const lags = await log.lag();
    if (lags.every((lag) => lag.topic !== 'onward.receipts' || lag.records === 0)) return;
    await pause(CATCH_UP.lookEveryMs);
  }
}

/** What a process without an engine has in its place: it takes receipts for it, by way of the log. */
const ENGINE_ELSEWHERE: Engine = {
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
