import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { draftRenderer } from '../../activities/render';
import type { ApiDeps, Logger } from '../../api/deps';
import { createMetrics, type Metrics } from '../../api/metrics';
import { createCallbackSender } from '../../callbacks/sender';
import type { Engine } from '../../core/engine';
import type { Lag, Log } from '../../log/contract';
import { startRelay } from '../../log/relay';
import { startTidying } from '../../log/sqlite/tidy';
import { caughtUp } from '../../projection/catch-up';
import type { ProviderMetrics } from '../../providers/contract';
import { createProviderMetrics } from '../../providers/metrics';
import { createRecentSends, type RecentSends } from '../../providers/recent-sends';
import { consumeReceipts } from '../../receipts/consume';
import { createKnown } from '../../receipts/known';
import { createDeadLetters } from '../../receipts/redrive';
import type { RunTracing } from '../../tracing/contract';
import type { OpenTracing } from '../../tracing/open';
import type { Adapters } from '../settings';
import { openPost } from './callbacks';
import { ENGINE_ELSEWHERE, embeddedEngine, temporalEngine } from './engines';
import { createHouseMetrics, exposeBuild } from './house-metrics';
import type { Links } from './links';
import { createLive, type Followed } from './live';
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
  /** Null or left out: traces go nowhere. */
  tracing?: OpenTracing | null;
  /** Where the runs are decided: by Temporal, by the embedded engine, or not in this process. */
  engine: TemporalLink | 'embedded' | 'elsewhere';
}

/** The house with its rooms joined: what the roles of a process are made of. */
export interface House extends Pick<Rooms, 'local' | 'log' | 'store' | 'onFault'> {
  api: ApiDeps & { metrics: Metrics };
  engine: Engine;
  /** Null where traces go nowhere. */
  runTracing: RunTracing | null;
  /** For the process's own log: nothing is wrong here, and somebody should know of it. */
  onWarning(message: string, fields: Record<string, string>): void;
  /** What follows the events in this process tells of itself. */
  followed(told: Followed): void;
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
  const recentSends = createRecentSends(Date.now);
  const providerMetrics = alsoTold(createProviderMetrics(metrics.registry), recentSends);
  const houseMetrics = createHouseMetrics(metrics.registry);
  const { committed: onCommitted } = houseMetrics;
  const given = { ...options, engine: options.adapters.engine, providerMetrics, onCommitted };
  const rooms = await openRooms({ ...given, part: 'house' });
  const { local, log, store, onFault } = rooms;
  const runTracing = runTracingOf(options, rooms);
  const counting = { metrics, houseMetrics, runTracing, recentSends };
  const embedded = options.engine === 'embedded' ? embeddedEngine(options, rooms, counting) : null;
  const engine = embedded ?? (temporal ? await temporalEngine(rooms, temporal, options) : ENGINE_ELSEWHERE);
  const folded = foldedLog(options, rooms);
  exposeBuild(metrics.registry, buildOf(options));
  const lag = () => everyLag(rooms, folded);
  metrics.watch({ lag, parked: () => store.parked.count() });
  const live = createLive(rooms, {
    lag,
    sends: recentSends,
    engine: embedded ? 'here' : temporal ? 'temporal' : 'elsewhere',
  });

  let wakeProjection: () => void = () => {};
  let wakeCallbacks: () => void = () => {};
  const working: Working = [];
  const stopEngine = async () => {
    // First: an engine that is stopping refuses receipts, and they would be taken for faults.
    for (const one of working.splice(0)) await one.stop();
    await engine.close();
  };
  const { logger } = options;
  return {
    local,
    log,
    store,
    onFault,
    onWarning: (message, fields) => logger.warn(fields, message),
    api: apiOf(options, rooms, {
      ...{ engine, metrics, providerMetrics, folded, temporal, live: live.source },
      callbacks: createCallbackSender({ ...way, wake: () => wakeCallbacks() }),
      wakeProjection: () => wakeProjection(),
    }),
    engine,
    runTracing,
    followed: live.followed,
    hastenProjection(wake) {
      wakeProjection = wake;
    },
    hastenCallbacks(wake) {
      wakeCallbacks = wake;
    },
    async startEngine() {
      if (engine === ENGINE_ELSEWHERE) return;
      const onTaken = () => metrics.recent.receipts.add();
      await startWorking(rooms, { engine, embedded, folded, runTracing, houseMetrics, onTaken }, working);
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

function alsoTold(counted: ProviderMetrics, recentSends: RecentSends): ProviderMetrics {
  return {
    ...counted,
    circuit(account, state) {
      counted.circuit(account, state);
      recentSends.circuit(account, state);
    },
  };
}

/** What the API is given of the house. */
interface ApiParts extends Pick<House['api'], 'engine' | 'metrics' | 'providerMetrics' | 'callbacks' | 'live'> {
  folded: Log;
  temporal: TemporalLink | null;
  wakeProjection(): void;
}

function apiOf(options: HouseOptions, rooms: Rooms, parts: ApiParts): House['api'] {
  const { log, store, intake, providers, accounts, catalog, prices, sandbox } = rooms;
  const { logger, publicUrl, version, tracing } = options;
  const { folded, temporal, wakeProjection, ...given } = parts;
  return {
    ...given,
    ...{ store, intake, providers, accounts, catalog, prices, sandbox, logger, publicUrl, version, tracing },
    deadLetters: createDeadLetters(log),
    renderer: draftRenderer,
    // With the spool it can take what nobody would send again: so it has to be called.
    logUnavailable: () => (rooms.spool ? null : log.unavailable()),
    projected: () =>
      caughtUp({ ends: () => folded.ends('onward.events'), foldedTo: foldedToIn(rooms), wake: wakeProjection }),
    // Built beside the bundle that this is part of.
    parquetThread: join(__dirname, 'parquet-thread.js'),
    consoleFolder: join(__dirname, 'console'),
    temporalCodec: temporal?.codecService,
  };
}

function foldedToIn({ store }: Rooms) {
  return (partition: number) => store.invocations.foldedTo(partition);
}

/** What works beside the engine, in the order in which it is to be stopped. */
type Working = { stop(): Promise<void> }[];

interface WorkParts {
  engine: Engine;
  embedded: ReturnType<typeof embeddedEngine> | null;
  folded: Log;
  runTracing: RunTracing | null;
  houseMetrics: ReturnType<typeof createHouseMetrics>;
  onTaken(): void;
}

/** @param working told of each thing as it begins, so that a start that breaks off can be undone */
async function startWorking(rooms: Rooms, parts: WorkParts, working: Working): Promise<void> {
  const { local, log, store, providers, sandbox, references, clock, onFault } = rooms;
  const { engine, embedded, folded, runTracing: tracing, houseMetrics, onTaken } = parts;
  // Where Temporal decides, its workers are who sends.
  if (embedded) providers.connect();
  await embedded?.recover();
  if (local && local.log !== log) working.push(...(await carryOn(local, log, embedded !== null, onFault)));
  if (local) working.push(startTidying({ log: local.log, topic: 'onward.receipts', group: 'engine', onFault }));
  const known = createKnown({ ends: () => folded.ends('onward.events'), foldedTo: foldedToIn(rooms), clock });
  const given = { log, engine, store, references, known, clock, onFault };
  const consumer = consumeReceipts({ ...given, tracing, onTaken, onDeadLetter: houseMetrics.deadLetter });
  working.unshift(soon(consumer, onFault));
  if (embedded) await consumer.then(() => receiptsTaken(log));
  sandbox.resume();
  embedded?.startClock();
}

function runTracingOf({ tracing, adapters }: HouseOptions, { store, clock, onFault }: Rooms): RunTracing | null {
  if (!tracing) return null;
  const elsewhere = adapters.engine === 'temporal';
  return tracing.runs({ recordOf: (id) => store.records.get(id), elsewhere, clock, onFault });
}

function buildOf({ version, adapters, links }: HouseOptions) {
  const { engine } = adapters;
  return { version, engine, log: links.kafka ? 'kafka' : 'sqlite', store: links.mongo ? 'mongodb' : 'sqlite' };
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
    const consumed = foldedTo ?? beforeFirst;
    return { topic: 'onward.events', group: 'projector', partition, consumed, records: Math.max(end - consumed, 0) };
  });
  // Where it is read from the file of this machine, its position stands with the deliveries.
  const read = folded === local?.log ? await store.deliveries.readTo(0) : null;
  const untold = read === null ? 0 : Math.max((ends.get(0) ?? 0) - read, 0);
  const callbacks: Lag = {
    ...{ topic: 'onward.events', group: 'callbacks', partition: 0 },
    ...{ consumed: read ?? 0, records: untold },
  };
  const told = local && local.log !== log ? await local.log.lag() : [];
  const others = [
    ...(await log.lag()),
    ...told.filter(({ group }) => group === RELAY),
    ...((await spool?.lag()) ?? []),
  ];
  const known = [...others.filter(({ group }) => group !== 'projector'), ...(await Promise.all(behind))];
  return read === null ? known : [...known, callbacks];
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
