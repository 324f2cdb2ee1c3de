import { randomBytes } from 'node:crypto';
import { MongoClient } from 'mongodb';
import type { LogRecord, NewRecord } from '../../log/contract';
import { connectKafka } from '../../log/kafka/connect';
import { readKafkaSettings } from '../../log/kafka/settings';
import { PROVIDER_CATALOG } from '../../providers/facts';
import type { Store } from '../../store/contract';
import { connectMongo } from '../../store/mongo/connect';
import { eventDocuments } from '../../store/mongo/event-documents';
import { openMongoStore } from '../../store/mongo/store';
import { createSeal } from '../../store/seal';
import { type Installation, installationOn } from '../cluster/installation';
import { consumedOf, recordsIn } from '../cluster/offsets';
import type { RawKafka } from '../cluster/raw-kafka';
import { startRole } from '../cluster/role-process';
import type { BenchMongo, Servers } from '../cluster/servers';
import { cpuFromNow } from '../cpu';
import { until } from '../load/until';
import { publishSampleFlow, sampleRecord, sampleRuns } from './sample-runs';

const WITHIN_MS = 600_000;
/** A commit comes every 200 ms. */
const LOOK_EVERY_MS = 50;
const INSERTED_AT_ONCE = 1_000;
/** Messages: enough that the first fetch does not matter. */
const CONSUMED_AT_LEAST = 50_000;

type On = Pick<Servers, 'kafka' | 'mongo'> & { raw: RawKafka };

/** A topic full of events that nobody has folded yet, and the store that has all else of their runs. */
export interface Backlog {
  installation: Installation;
  topic: string;
  records: NewRecord[];
  runs: number;
  events: number;
}

export interface ProjectedOnServers {
  eventsPerSecond: number;
  seconds: number;
  cpuMsPerRun: Record<string, number> | null;
}

export async function writeBacklog({ kafka, mongo }: On, runs: number): Promise<Backlog> {
  const installation = installationOn({ kafka, mongo });
  const settings = readKafkaSettings(installation.env);
  const log = await connectKafka({ settings, onFault: () => {} });
  const backlog: Backlog = { installation, topic: `${settings.prefix}onward.events`, records: [], runs, events: 0 };
  await withStore(installation, async (store) => {
    const ladder = await publishSampleFlow(store);
    for (const { ids, records, events } of sampleRuns(ladder, runs)) {
      await Promise.all(ids.map((id) => store.records.put(sampleRecord(id, ladder))));
      await log.append('onward.events', records);
      for (const record of records) backlog.records.push(record);
      backlog.events += events;
    }
  }).finally(() => log.close());
  return backlog;
}

/** A projector in a process of its own takes it from the topic into the store; from its first commit to its last. */
export async function project(
  { kafka, mongo, raw }: On,
  { installation, topic, runs, events }: Backlog,
  dataParent: string,
): Promise<ProjectedOnServers> {
  const group = `${installation.prefix}onward.projector`;
  const records = await recordsIn(raw, topic);
  const projector = await startRole('projector', installation, dataParent);
  try {
    const begun = async () => (await consumedOf(raw, topic, group)) > 0;
    await until(begun, { what: 'the projector’s first commit', everyMs: LOOK_EVERY_MS, withinMs: WITHIN_MS });
    const before = await consumedOf(raw, topic, group);
    const startedAt = performance.now();
    const pids = { kafka: kafka.pid, [mongo.make]: mongo.pid, projector: projector.pid };
    const cpu = cpuFromNow(pids);
    const over = async () => (await consumedOf(raw, topic, group)) >= records;
    await until(over, { what: 'the projector’s last commit', everyMs: LOOK_EVERY_MS, withinMs: WITHIN_MS });
    const seconds = (performance.now() - startedAt) / 1000;
    const share = 1 - before / records;
    const perRun = Object.entries(cpu() ?? {}).map(([name, ms]) => [name, ms / (runs * share)]);
    await checkRuns(installation, runs);
    const cpuMsPerRun = perRun.length > 0 ? Object.fromEntries(perRun) : null;
    return { eventsPerSecond: (events * share) / seconds, seconds, cpuMsPerRun };
  } finally {
    await projector.stop();
  }
}

/** @throws where the rollups do not count every run as succeeded: then nothing of the trial counts */
async function checkRuns(installation: Installation, runs: number): Promise<void> {
  await withStore(installation, async ({ rollups }) => {
    const found = await rollups.find({ mode: 'test' });
    const succeeded = found.reduce((sum, { counts }) => sum + (counts.succeeded ?? 0), 0);
    if (succeeded !== runs) throw new Error(`the read model counts ${succeeded} runs of ${runs}`);
  });
}

async function withStore({ env, secret }: Installation, use: (store: Store) => Promise<void>): Promise<void> {
  const link = await connectMongo(env.MONGODB_URL ?? '');
  try {
    const { store } = await openMongoStore(link, { seal: createSeal(secret), catalog: PROVIDER_CATALOG });
    await use(store);
  } finally {
    await link.close();
  }
}

/** The raw driver: the same events, a document each, in one collection without an index but its own. */
export async function insertEvents(mongo: BenchMongo, { records }: Backlog): Promise<number> {
  const client = new MongoClient(mongo.urlOf(`raw${randomBytes(6).toString('hex')}`));
  try {
    const collection = client.db().collection<{ _id: string }>('events');
    const documents = eventDocuments(records.map(asLogged));
    await collection.insertOne({ _id: 'first' });
    const startedAt = performance.now();
    for (let at = 0; at < documents.length; at += INSERTED_AT_ONCE) {
      await collection.insertMany(documents.slice(at, at + INSERTED_AT_ONCE), { ordered: false });
    }
    const seconds = (performance.now() - startedAt) / 1000;
    await client.db().dropDatabase();
    return documents.length / seconds;
  } finally {
    await client.close();
  }
}

function asLogged(record: NewRecord, position: number): LogRecord {
  return { topic: 'onward.events', partition: 0, position, ...record };
}

/**
 * The raw client: the same records, again and again where they are too few to be timed, counted and nothing else.
 * @returns events a second
 */
export async function consumeEvents(raw: RawKafka, { records, events }: Backlog): Promise<number> {
  const topic = await raw.makeTopic();
  const producer = await raw.producer();
  let produced = 0;
  while (produced < CONSUMED_AT_LEAST) {
    for (let at = 0; at < records.length; at += INSERTED_AT_ONCE) {
      await producer.send({ topic, messages: records.slice(at, at + INSERTED_AT_ONCE) });
    }
    produced += records.length;
  }
  await producer.disconnect();
  const counting = await raw.count(topic);
  const joinedAt = performance.now();
  await counting.until(produced);
  const seconds = (performance.now() - joinedAt) / 1000;
  await counting.stop();
  return (events / records.length) * (produced / seconds);
}
