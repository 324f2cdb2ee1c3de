import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } from 'kafkajs';
import { connectKafka } from '../../log/kafka/connect';
import { readKafkaSettings } from '../../log/kafka/settings';
import { freePort } from '../../temporal/dev-server-port';
import { freshName } from '../support/fresh-name';
import { withAdmin } from '../support/kafka-admin';
import { describeWithKafka, describeWithKafkaProcess } from '../support/kafka-server';
import { openLog, TOPIC } from './kafka-trial';

function start(env: NodeJS.ProcessEnv) {
  return connectKafka({ settings: readKafkaSettings(env), onFault: () => {}, patienceMs: 5_000 });
}

describeWithKafka('at the start', (kafka) => {
  const describeTopics = async (prefix: string) => {
    const topics = ['receipts', 'events', 'receipts.dead'].map((name) => `${prefix}onward.${name}`);
    const metadata = await withAdmin(kafka.brokers, (admin) => admin.fetchTopicMetadata({ topics }));
    return metadata.topics.map(({ name, partitions }) => [name.slice(prefix.length), partitions.length]).sort();
  };

  test('several processes make the topics at once, and agree on whose positions these are', async () => {
    const prefix = `${freshName()}.`;
    const logs = await Promise.all(Array.from({ length: 4 }, () => openLog(kafka.brokers, prefix, 5)));
    expect(await describeTopics(prefix)).toEqual([
      ['onward.events', 5],
      ['onward.receipts', 5],
      ['onward.receipts.dead', 5],
    ]);
    expect(new Set(logs.map(({ identity }) => identity)).size).toBe(1);
    expect(logs[0]?.identity).toMatch(new RegExp(`^\\S{10,}/${prefix}$`));
    await Promise.all(logs.map((log) => log.append(TOPIC, [{ key: 'k', value: 'v' }])));
    await Promise.all(logs.map((log) => log.close()));
  });

  test('topics that are there keep their partitions, and those of another prefix are others', async () => {
    const prefix = `${freshName()}.`;
    await (await openLog(kafka.brokers, prefix, 2)).close();
    const [again, other] = [await openLog(kafka.brokers, prefix, 7), await openLog(kafka.brokers, `x${prefix}`, 7)];
    expect((await describeTopics(prefix)).map(([, partitions]) => partitions)).toEqual([2, 2, 2]);
    expect(other.identity).not.toBe(again.identity);
    await Promise.all([again.close(), other.close()]);
  });

  test('more replicas than there are brokers are refused with the variable’s name', async () => {
    const env = {
      KAFKA_BROKERS: kafka.brokers,
      ONWARD_KAFKA_PREFIX: `${freshName()}.`,
      ONWARD_KAFKA_REPLICATION: '99',
    };
    await expect(start(env)).rejects.toThrow('ONWARD_KAFKA_REPLICATION is 99');
  });
});

describeWithKafkaProcess('a broker that knows its users', (startKafka) => {
  test('refuses a wrong password, and lets in one who may not make topics where they are there', async () => {
    const [port, login, controller] = [await freePort(), await freePort(), await freePort()];
    const broker = await startKafka({ port, properties: withLogin(port, login, controller) });
    const env = {
      KAFKA_BROKERS: `127.0.0.1:${login}`,
      KAFKA_SASL_MECHANISM: 'plain',
      KAFKA_SASL_USERNAME: 'ann',
      KAFKA_SASL_PASSWORD: 'right-one',
    };
    const wrong = start({ ...env, KAFKA_SASL_PASSWORD: 'wrong-one' });
    await expect(wrong).rejects.toThrow('refuses our user. Set KAFKA_SASL_MECHANISM, KAFKA_SASL_USERNAME');
    await expect(wrong).rejects.not.toThrow(/wrong-one/);
    await expect(start({ ...env, KAFKA_SASL_MECHANISM: 'scram-sha-256' })).rejects.toThrow('refuses our user');
    await expect(start(env)).rejects.toThrow('onward.receipts, where we may not create it. Create it, or allow us to.');
    await (await openLog(broker.brokers, '')).close();
    await allow(broker.brokers, 'onward.');
    const log = await start(env);
    await log.append(TOPIC, [{ key: 'k', value: 'v' }]);
    const seen: string[] = [];
    await log.subscribe(TOPIC, 'group', async (records) => void seen.push(...records.map(({ value }) => value)));
    for (let n = 0; n < 500 && seen.length === 0; n++) await new Promise((resolve) => setTimeout(resolve, 20));
    expect(seen).toEqual(['v']);
    await log.close();
  }, 90_000);
});

/** A second port, where one has to log in and may do nothing but what one is allowed to. */
function withLogin(port: number, login: number, controller: number): Record<string, string> {
  const listeners = `PLAINTEXT://127.0.0.1:${port},LOGIN://127.0.0.1:${login}`;
  return {
    listeners: `${listeners},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': listeners,
    'controller.quorum.voters': `1@127.0.0.1:${controller}`,
    'inter.broker.listener.name': 'PLAINTEXT',
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT,LOGIN:SASL_PLAINTEXT',
    'listener.name.login.sasl.enabled.mechanisms': 'PLAIN',
    'listener.name.login.plain.sasl.jaas.config':
      'org.apache.kafka.common.security.plain.PlainLoginModule required user_ann="right-one";',
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:ANONYMOUS',
  };
}

/** To read and write what is there. */
async function allow(brokers: string, prefix: string): Promise<void> {
  const rule = {
    principal: 'User:ann',
    host: '*',
    permissionType: AclPermissionTypes.ALLOW,
    resourceName: prefix,
    resourcePatternType: ResourcePatternTypes.PREFIXED,
  };
  const { TOPIC: topic, GROUP: group } = AclResourceTypes;
  const acl = [
    { ...rule, resourceType: topic, operation: AclOperationTypes.READ },
    { ...rule, resourceType: topic, operation: AclOperationTypes.WRITE },
    { ...rule, resourceType: group, operation: AclOperationTypes.READ },
  ];
  await withAdmin(brokers, (admin) => admin.createAcls({ acl }));
}
