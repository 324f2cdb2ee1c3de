import { findBrowser } from './browser-install';
import { startKafka } from './kafka';
import { findKafka } from './kafka-install';
import { startMongo } from './mongo';
import { findMongo } from './mongo-install';
import type { Report } from './watched-run';

export interface SharedServers {
  /** For the environment of the tests: the addresses of what runs for all of them, and where more can be started from. */
  env: Record<string, string>;
  /** Ends them and removes their data. */
  stop(): Promise<void>;
}

/**
 * One Kafka and one MongoDB server for all test files, and a browser, found or installed and started before the first of them. Where
 * KAFKA_BROKERS or MONGODB_URL name one, that is taken and none is started. One that cannot be had or does not start is
 * left out after a line that says so, and the tests say what they do without.
 */
export async function startSharedServers(report: Report): Promise<SharedServers> {
  const kafka = await findKafka(report);
  const mongo = await findMongo(report);
  const browser = await findBrowser(report);
  const [shared, store] = await Promise.all([
    kafka && startUnless(process.env.KAFKA_BROKERS, () => startKafka(kafka), report),
    mongo && startUnless(process.env.MONGODB_URL, () => startMongo(mongo), report),
  ]);
  const env = Object.entries({
    ONWARD_KAFKA_LIBS: kafka?.libs,
    ONWARD_MONGO_SERVER: mongo?.file,
    ONWARD_TEST_KAFKA: shared?.brokers,
    ONWARD_TEST_MONGO: store?.url,
    ONWARD_TEST_BROWSER: browser ?? undefined,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return {
    env: Object.fromEntries(env),
    stop: async () => void (await Promise.all([shared?.remove(), store?.remove()])),
  };
}

async function startUnless<S>(given: string | undefined, start: () => Promise<S>, report: Report): Promise<S | null> {
  if (given) return null;
  return start().catch((error: Error) => {
    report(error.message);
    return null;
  });
}
