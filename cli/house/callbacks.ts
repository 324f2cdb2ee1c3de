import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import { type AllowedRanges, parseRange } from '../../callbacks/address-guard';
import { createDeliverer } from '../../callbacks/deliver';
import { createFollower, type Follower } from '../../callbacks/follow';
import { createGuardedAgents, type GuardedAgents } from '../../callbacks/guarded-agents';
import { createLookUp } from '../../callbacks/look-up';
import { createCallbackMetrics } from '../../callbacks/metrics';
import { createPost, type Post } from '../../callbacks/post';
import { HistoryBehind } from '../../callbacks/run-states';
import { REAL_TIMERS } from '../../callbacks/timers';
import { createTeller } from '../../callbacks/told-once';
import { tracedPost } from '../../callbacks/traced-post';
import type { LogRecord } from '../../log/contract';
import type { KafkaLog } from '../../log/kafka/log';
import { SqliteHistories } from '../../log/sqlite/histories';
import { createProjectionLoop } from '../../projection/loop';
import { PROVIDER_CATALOG } from '../../providers/facts';
import { migrate } from '../../sqlite/migrate';
import { createLadderSource } from '../../store/ladders';
import type { MongoLink } from '../../store/mongo/connect';
import { createSeal } from '../../store/seal';
import { createSqliteCallbackProfiles } from '../../store/sqlite/callback-profiles';
import { openSqliteDeliveries } from '../../store/sqlite/deliveries';
import { createSqliteFlows } from '../../store/sqlite/flows';
import { createSqliteRecords } from '../../store/sqlite/records';
import { STORE_MIGRATIONS } from '../../store/sqlite/schema';
import type { OpenTracing } from '../../tracing/open';
import type { RunTracingDeps } from '../../tracing/runs';
import { StartError } from '../settings';
import type { CallbackStores } from './callback-stores';
import { followOnFiles } from './callbacks-on-files';
import type { Links } from './links';
import { openEvents } from './projection';
import { soon } from './soon';

const TOPIC = 'onward.events';
const GROUP = 'callbacks';

export interface CallbacksOptions {
  dataFolder: string;
  secret: string;
  links: Links;
  version: string;
  /** As ONWARD_CALLBACK_ALLOW has it. */
  allow: string;
  /** Null or left out: traces go nowhere. */
  tracing?: CallbackTracing | null;
  /** Where what is made is counted. */
  registry: Registry;
  onFault(message: string, error: unknown): void;
  onWarning(message: string, fields: Record<string, string>): void;
}

export interface CallbackTracing extends Pick<RunTracingDeps, 'elsewhere'> {
  opened: OpenTracing;
}

export interface RunningCallbacks {
  /** Something is due that was not before. */
  wake(): void;
  /** Resolves once what was in hand is done or left to others, and everything of it is closed. */
  stop(): Promise<void>;
}

/** Follows the events and makes the callbacks, on whatever log and store are in use. */
export async function startCallbacks(options: CallbacksOptions): Promise<RunningCallbacks> {
  const { links, onFault, onWarning, registry } = options;
  const files = links.kafka && links.mongo ? null : openEvents(options.dataFolder);
  const stores = await openStores(options, files);
  const { agents, post } = openPost(options);
  const { deliveries, profiles } = stores;
  const metrics = createCallbackMetrics(registry, { deliveries, profiles, now: Date.now });
  const deliverer = createDeliverer({
    deliveries,
    profiles,
    post: tracedIn(options, stores, post),
    timers: REAL_TIMERS,
    random: Math.random,
    attempted: metrics.attempted,
    onDisabled: (callbackProfile, reason) => onWarning('a callback profile was disabled', { callbackProfile, reason }),
    onFault,
  });
  const follower = followerOver(stores, onFault);
  const ground = { follower, stores, wake: deliverer.wake, onFault };
  const reading = files ? await onFiles(ground, files) : onKafka(ground, links.kafka as KafkaLog);
  return {
    wake: deliverer.wake,
    async stop() {
      await Promise.all([reading.stop(), deliverer.stop()]);
      agents.close();
      await stores.close();
      await files?.close();
    },
  };
}

function tracedIn({ tracing, onFault }: CallbacksOptions, { records }: CallbackStores, post: Post) {
  if (!tracing) return post;
  const { opened, elsewhere } = tracing;
  const recordOf = (id: string) => records.get(id);
  return tracedPost(post, opened.runs({ recordOf, elsewhere, clock: Date.now, onFault }));
}

/** The way out to the endpoints, guarded. */
export function openPost({ allow, version }: Pick<CallbacksOptions, 'allow' | 'version'>): {
  agents: GuardedAgents;
  post: Post;
} {
  const agents = createGuardedAgents(allowedRanges(allow), createLookUp());
  return { agents, post: createPost({ agents, timers: REAL_TIMERS, userAgent: `Onward/${version}` }) };
}

/** `10.1.0.0/16,fd00::/8`. @throws StartError */
export function allowedRanges(text: string): AllowedRanges {
  const parts = text.split(',').map((part) => part.trim());
  return parts
    .filter((part) => part !== '')
    .map((part) => {
      const range = parseRange(part);
      if (typeof range !== 'string') return range;
      throw new StartError(
        `ONWARD_CALLBACK_ALLOW has “${part}”. Set it to ranges that callbacks may go to, such as 10.1.0.0/16,fd00::/8.`,
      );
    });
}

function followerOver(stores: CallbackStores, onFault: CallbacksOptions['onFault']): Follower {
  return createFollower({
    ...stores,
    ladders: createLadderSource(stores.flows, PROVIDER_CATALOG),
    now: Date.now,
    report: ({ partition, position }: LogRecord, cause: Error) =>
      onFault(`event record ${position} of partition ${partition} tells nobody`, cause),
  });
}

type Files = ReturnType<typeof openEvents>;

async function openStores(
  { dataFolder, secret, links }: CallbacksOptions,
  files: Files | null,
): Promise<CallbackStores> {
  if (links.mongo || !files) {
    const { openMongoCallbackStores } = await import('./callbacks-mongo');
    return openMongoCallbackStores(links.mongo as MongoLink, secret);
  }
  const { group, log } = files;
  migrate(group.db, 'store', STORE_MIGRATIONS);
  const seal = createSeal(secret);
  const deliveries = openSqliteDeliveries(join(dataFolder, 'callbacks.db'), seal);
  return {
    profiles: createSqliteCallbackProfiles(group.db, seal),
    deliveries,
    flows: createSqliteFlows(group.db),
    records: createSqliteRecords(group, seal),
    histories: new SqliteHistories(log),
    // The history is the log.
    heldTo: async () => true,
    close: () => deliveries.close(),
  };
}

interface FollowGround {
  follower: Follower;
  stores: CallbackStores;
  wake(): void;
  onFault: CallbacksOptions['onFault'];
}

type Reading = { stop(): Promise<void> };

function onKafka({ follower, stores, wake, onFault }: FollowGround, kafka: KafkaLog): Reading {
  const subscription = kafka.subscribe(TOPIC, GROUP, async (records) => {
    const followed = await patiently(() => follower.follow(records));
    if (followed.deliveries.length > 0) await stores.deliveries.add(followed.deliveries);
    followed.kept();
    if (followed.deliveries.length > 0) wake();
  });
  return soon(subscription, onFault);
}

/** The events table of this machine, read as the projection reads it. */
async function onFiles({ follower, stores, wake, onFault }: FollowGround, { log }: Files): Promise<Reading> {
  const { deliveries, profiles } = stores;
  const steps = followOnFiles({ log, follower, deliveries, profiles, from: await deliveries.readTo(0), wake });
  const teller = createTeller(onFault);
  const told = {
    ...steps,
    async step() {
      const more = await patiently(steps.step);
      teller.well('');
      return more;
    },
  };
  const loop = createProjectionLoop(told, (error) => teller.ill('', 'events wait to be told', error));
  return {
    async stop() {
      loop.stop();
      await loop.done;
      await steps.close();
    },
  };
}

const BEHIND_MS = { patience: 5_000, look: 100 } as const;

/** The histories on MongoDB follow the log by a moment, which is no fault. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const until = Date.now() + BEHIND_MS.patience; ; ) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof HistoryBehind) || Date.now() > until) throw error;
      await pause(BEHIND_MS.look);
    }
  }
}
