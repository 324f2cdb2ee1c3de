import { setTimeout as pause } from 'node:timers/promises';
import type { Admin } from 'kafkajs';
import { kafkaClient, type OnFault, within } from './client';
import { KafkaLog } from './log';
import { KafkaPresence } from './presence';
import { type KafkaSettings, KafkaUnusable } from './settings';
import { groupName, makeTopics, topicName } from './topics';

/** How long a start waits for brokers that do not answer. */
const PATIENCE_MS = 30_000;
const TRY = { connectMs: 3_000, answerMs: 5_000 } as const;
const AGAIN_MS = 500;
const LOOK = { connectMs: 1_500, answerMs: 2_000, withinMs: 2_500 } as const;

export interface ConnectOptions {
  settings: KafkaSettings;
  onFault: OnFault;
  /** For tests. */
  patienceMs?: number;
}

/**
 * The log, once the brokers answer and have its topics.
 * @throws KafkaUnusable when they do not answer within 30 s, or refuse us, or will not have the topics
 */
export async function connectKafka({ settings, onFault, patienceMs = PATIENCE_MS }: ConnectOptions): Promise<KafkaLog> {
  const clusterId = await prepare(settings, patienceMs);
  const presence = new KafkaPresence(() => answers(settings));
  return new KafkaLog({ settings, identity: `${clusterId}/${settings.prefix}`, presence, onFault });
}

/** @returns the cluster's ID */
async function prepare(settings: KafkaSettings, patienceMs: number): Promise<string> {
  const startedAt = Date.now();
  for (;;) {
    try {
      return await withAdmin(settings, TRY, async (admin) => {
        await makeTopics(admin, settings);
        await groupsCanJoin(admin, settings);
        return (await admin.describeCluster()).clusterId;
      });
    } catch (error) {
      if (error instanceof KafkaUnusable) throw error;
      const refusal = refusalOf(error, settings);
      if (refusal) throw new KafkaUnusable(refusal, { cause: error });
      if (Date.now() - startedAt > patienceMs) throw new KafkaUnusable(awaySentence(settings), { cause: error });
    }
    await pause(AGAIN_MS);
  }
}

const GROUPS = ['engine', 'projector', 'mirror', 'redrive'];
const LOADING: ReadonlySet<unknown> = new Set([
  'GROUP_LOAD_IN_PROGRESS',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'NOT_COORDINATOR_FOR_GROUP',
]);

/**
 * A cluster that is new has still to load who coordinates the groups, and throws out a member in the middle of its join:
 * the next one would wait for that to be missed. What else is wrong is told by whoever takes part in a group.
 */
async function groupsCanJoin(admin: Admin, settings: KafkaSettings): Promise<void> {
  const topics = [topicName(settings, 'onward.receipts')];
  for (const group of GROUPS) {
    try {
      await admin.fetchOffsets({ groupId: groupName(settings, group), topics });
    } catch (error) {
      if (LOADING.has((error as { type?: unknown }).type)) throw error;
    }
  }
}

async function answers(settings: KafkaSettings): Promise<boolean> {
  let answered = false;
  const asking = withAdmin(settings, LOOK, async (admin) => {
    await admin.describeCluster();
    answered = true;
  });
  await within(LOOK.withinMs, asking);
  return answered;
}

async function withAdmin<T>(
  settings: KafkaSettings,
  patience: { connectMs: number; answerMs: number },
  use: (admin: Admin) => Promise<T>,
): Promise<T> {
  // What goes wrong is told by whoever asked. Each retry tries the next of the brokers.
  const client = kafkaClient({ settings, onFault: () => {}, ...patience, retries: settings.brokers.length });
  const admin = client.kafka.admin();
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await within(patience.answerMs, admin.disconnect());
    client.cut();
  }
}

function awaySentence({ brokers, ssl, sasl }: KafkaSettings): string {
  // A broker that is spoken to in another way than it expects does not say so.
  const speech = ssl ? 'if they speak plain text, unset KAFKA_SSL' : 'if they want TLS, set KAFKA_SSL=true';
  const login = sasl
    ? 'if they know no users, unset KAFKA_SASL_MECHANISM'
    : 'if they want a user, set KAFKA_SASL_MECHANISM';
  const mend = `Start them, or set it right; ${speech}; ${login}.`;
  return `KAFKA_BROKERS is “${brokers.join(',')}”, where no Kafka broker answers. ${mend}`;
}

/** What no waiting mends. */
function refusalOf(error: unknown, { brokers }: KafkaSettings): string | null {
  const where = `KAFKA_BROKERS is “${brokers.join(',')}”`;
  for (let depth = 0, one = error; one instanceof Error && depth < 6; depth++, one = one.cause) {
    const type = 'type' in one ? one.type : null;
    if (one.name === 'KafkaJSSASLAuthenticationError' || type === 'UNSUPPORTED_SASL_MECHANISM') {
      return `${where}, which refuses our user. Set KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD right.`;
    }
    if (/certificate|self.signed|altname/i.test(one.message)) {
      return `${where}, whose certificate is not trusted (${one.message}). Set KAFKA_SSL_CA, or the hosts as the certificate names them.`;
    }
    if (type === 'CLUSTER_AUTHORIZATION_FAILED') {
      return `${where}, which does not let us look at the cluster. Allow our user to describe it.`;
    }
  }
  return null;
}
