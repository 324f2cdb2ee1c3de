import { join } from 'node:path';
import { type KafkaServer, startKafka } from '../../test/servers/kafka';
import { findKafka } from '../../test/servers/kafka-install';
import { startMongo } from '../../test/servers/mongo';
import { findMongo, type MongoInstall } from '../../test/servers/mongo-install';
import { untilLeft } from '../leaving';
import type { Bench, Row } from '../row';
import type { BenchTemporal } from '../temporal/server';
import { startTemporalFor } from '../temporal/with-server';
import { type ThrowawayFolder, throwawayFolder } from '../throwaway-folder';

export interface BenchKafka extends Pick<KafkaServer, 'brokers' | 'pid'> {
  stop(): Promise<void>;
}

export interface BenchMongo {
  /** FerretDB speaks the same protocol and is many times as slow: every figure has to say which it was. */
  make: MongoInstall['make'];
  pid: number;
  /** As MONGODB_URL takes it. */
  urlOf(database: string): string;
  stop(): Promise<void>;
}

export interface Servers {
  kafka: BenchKafka;
  mongo: BenchMongo;
  temporal: BenchTemporal;
}

/** Each resolves with null where its server cannot be had: what was tried has been said by then. */
const START: { [Name in keyof Servers]: (bench: Bench) => Promise<Servers[Name] | null> } = {
  kafka: startBenchKafka,
  mongo: startBenchMongo,
  temporal: startTemporalFor,
};
const NAMES: Record<keyof Servers, string> = { kafka: 'Kafka', mongo: 'MongoDB', temporal: 'Temporal' };

/** One row measured on servers of its own; where one of them cannot be had, the row says so and has no figures. */
export async function withServers<Needed extends keyof Servers>(
  bench: Bench,
  row: Pick<Row, 'row' | 'title'>,
  needed: readonly Needed[],
  measure: (servers: Pick<Servers, Needed>) => Promise<Pick<Row, 'lines' | 'notes'>>,
): Promise<Row> {
  const servers: Partial<Servers> = {};
  try {
    for (const name of needed) {
      bench.say(`${row.row}: starting ${NAMES[name]}`);
      const server = await START[name](bench);
      if (server === null) return skipped(bench, row, NAMES[name]);
      servers[name] = server;
    }
    return { ...row, ...(await measure(servers as Pick<Servers, Needed>)) };
  } finally {
    for (const server of Object.values(servers).reverse()) await server.stop();
  }
}

function skipped(bench: Bench, row: Pick<Row, 'row' | 'title'>, name: string): Row {
  const why = `there is no ${name}, and none could be installed (see above)`;
  bench.say(`${row.row}: SKIPPED, ${why}`);
  return { ...row, lines: [], notes: [`SKIPPED, the whole row: ${why}.`] };
}

async function startBenchKafka({ say, options }: Bench): Promise<BenchKafka | null> {
  const install = await findKafka(say);
  if (install === null) return null;
  return inThrowaway(options.dataParent, async (folder) => {
    const server = await startKafka(install, { folder });
    const { brokers, pid } = server;
    return { brokers, pid, stop: () => server.remove() };
  });
}

async function startBenchMongo({ say, options }: Bench): Promise<BenchMongo | null> {
  const install = await findMongo(say);
  if (install === null) return null;
  return inThrowaway(options.dataParent, async (folder) => {
    const server = await startMongo(install, { folder });
    const { url, pid } = server;
    return { make: install.make, pid, urlOf: (database) => url + database, stop: () => server.remove() };
  });
}

/** A server whose data stand where all data of the benchmark do. */
async function inThrowaway<Server extends { stop(): Promise<void> }>(
  parent: string,
  start: (folder: string) => Promise<Server>,
): Promise<Server> {
  const folder: ThrowawayFolder = throwawayFolder(parent);
  const server = await start(join(folder.path, 'data')).catch(async (error) => {
    await folder.remove();
    throw error;
  });
  const stop = untilLeft(async () => {
    await server.stop();
    await folder.remove();
  });
  return { ...server, stop };
}
