import type { KafkaLog } from '../../log/kafka/log';
import type { MongoLink } from '../../store/mongo/connect';
import { StartError } from '../settings';

/** The servers that log and store are on; null where they are files on this machine. */
export interface Links {
  kafka: KafkaLog | null;
  mongo: MongoLink | null;
}

type OnFault = (message: string, error: unknown) => void;

/**
 * Nothing of a package is even loaded where its variable is not set.
 * @throws StartError when a server cannot be used as it is configured
 */
export async function openLinks(env: NodeJS.ProcessEnv, onFault: OnFault): Promise<Links> {
  const kafka = await linkKafka(env, onFault);
  try {
    return { kafka, mongo: await linkMongo(env) };
  } catch (error) {
    await kafka?.close();
    throw error;
  }
}

export async function closeLinks({ kafka, mongo }: Links): Promise<void> {
  await kafka?.close();
  await mongo?.close();
}

async function linkKafka(env: NodeJS.ProcessEnv, onFault: OnFault): Promise<KafkaLog | null> {
  if (!env.KAFKA_BROKERS) return null;
  const { KafkaUnusable, readKafkaSettings } = await import('../../log/kafka/settings');
  const { connectKafka } = await import('../../log/kafka/connect');
  try {
    return await connectKafka({ settings: readKafkaSettings(env), onFault });
  } catch (error) {
    if (error instanceof KafkaUnusable) throw new StartError(error.message, { cause: error });
    throw error;
  }
}

async function linkMongo(env: NodeJS.ProcessEnv): Promise<MongoLink | null> {
  if (!env.MONGODB_URL) return null;
  const { connectMongo, MongoUnusable } = await import('../../store/mongo/connect');
  try {
    return await connectMongo(env.MONGODB_URL);
  } catch (error) {
    if (error instanceof MongoUnusable) throw new StartError(error.message, { cause: error });
    throw error;
  }
}
