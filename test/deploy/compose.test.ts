import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { readSettings, type StartRole } from '../../cli/settings';
import { readKafkaSettings } from '../../log/kafka/settings';
import { readTemporalSettings } from '../../temporal/settings';
import { COMPOSE_TEXT, type ComposeFile, type ComposeService, ROOT, readCompose } from './compose-file';
import { imageEnvironment } from './image-file';

const SECRET = '0123456789abcdef0123456789abcdef';
const compose = readCompose({ ONWARD_SECRET: SECRET });
const services = Object.entries(compose.services);
const onward = onwardIn(compose);

function onwardIn(file: ComposeFile): [string, ComposeService][] {
  return Object.entries(file.services).filter(([, { image }]) => image.startsWith('onward:'));
}

/** A service that does its work once and ends. */
const endsByItself = ({ restart }: ComposeService) => restart?.startsWith('on-failure:') ?? false;

/** The data folder of the container is nowhere here, so only what can be read of it is given. */
function environmentOf({ environment = {} }: ComposeService): Record<string, string> {
  const own = Object.entries(environment).map(([name, value]) => [name, String(value)]);
  return { ...imageEnvironment(), ...Object.fromEntries(own) };
}

function roleOf({ command = [] }: ComposeService): StartRole {
  return (command.includes('dist/worker.js') ? 'worker' : command[command.indexOf('--role') + 1]) as StartRole;
}

test('the file keeps to the Compose Specification', () => {
  const schema = JSON.parse(readFileSync(join(__dirname, 'compose-spec', 'schema.json'), 'utf8'));
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  const valid = ajv.compile(schema);
  expect({ valid: valid(compose), errors: valid.errors }).toEqual({ valid: true, errors: null });
  expect(valid({ services: { api: { image: 'onward:0.1.0', helthcheck: {} } } })).toBe(false);
});

test('without ONWARD_SECRET it says what to set; every other variable has a default', () => {
  expect(() => readCompose({})).toThrow(/^required variable ONWARD_SECRET is missing a value: set it to/);
  const uncommented = COMPOSE_TEXT.replace(/^\s*#.*$/gm, '');
  const variables = uncommented.match(/\$\{?\w*(:[-?])?/g) ?? [];
  expect(variables.length).toBeGreaterThan(5);
  expect(variables.filter((one) => !/^\$\{[A-Z_]+:[-?]$/.test(one))).toEqual([]);
});

test('every image is pinned to a version', () => {
  expect(
    services.filter(([, { image }]) => !/:\d+\.\d+\.\d+|^postgres:\d+\.\d+/.test(image)).map(([name]) => name),
  ).toEqual([]);
});

test('what runs on has a health check and comes back; what ends by itself is tried a few times', () => {
  const wrong = services.filter(([, service]) => {
    const runsOn = service.restart === 'unless-stopped' && service.healthcheck !== undefined;
    return !runsOn && !(endsByItself(service) && service.healthcheck === undefined);
  });
  expect(wrong.map(([name]) => name)).toEqual([]);
});

test('whoever waits for another waits for what that one can become, and is not started without it', () => {
  for (const [name, { depends_on = {} }] of services) {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      const awaited = compose.services[other];
      const wanted = awaited && endsByItself(awaited) ? 'service_completed_successfully' : 'service_healthy';
      expect({ name, other, condition }).toEqual({ name, other, condition: wanted });
    }
  }
});

test('all of it starts by one command: nothing waits to be asked for by a profile', () => {
  expect(services.filter(([, service]) => 'profiles' in service)).toEqual([]);
});

test('every volume is declared and used, and every file that is mounted is there', () => {
  const mounts = services.flatMap(([, { volumes = [] }]) => volumes.map((volume) => volume.split(':')[0] ?? ''));
  const [files, named] = [mounts.filter((one) => one.startsWith('./')), mounts.filter((one) => !one.startsWith('./'))];
  expect([...new Set(named)].sort()).toEqual(Object.keys(compose.volumes).sort());
  expect(files.filter((file) => !existsSync(join(ROOT, file)))).toEqual([]);
  const scripts = services.flatMap(([, { entrypoint = [] }]) =>
    entrypoint.filter((part) => part.startsWith('/deploy/')),
  );
  const folders = ['deploy/temporal', 'deploy/mongo'];
  const missing = scripts.filter(
    (file) => !folders.some((at) => existsSync(join(ROOT, at, file.slice('/deploy/'.length)))),
  );
  expect({ scripts: scripts.length, missing }).toEqual({ scripts: 3, missing: [] });
});

test('everything is published on this machine alone, each on a port of its own', () => {
  const ports = services.flatMap(([, service]) => service.ports ?? []);
  expect(ports.filter((port) => !/^127\.0\.0\.1:\d+:\d+$/.test(port))).toEqual([]);
  const published = ports.map((port) => port.split(':')[1]);
  expect(published).toContain('8080');
  expect(new Set(published).size).toBe(published.length);
});

test('Onward is given only what it reads', () => {
  const sources = [
    'cli/settings.ts',
    'cli/house/links.ts',
    'cli/house/temporal-link.ts',
    'log/kafka/settings.ts',
    'temporal/settings.ts',
    'tracing/start.ts',
  ];
  const known = sources.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
  const given = new Set(onward.flatMap(([, { environment = {} }]) => Object.keys(environment)));
  for (const name of Object.keys(imageEnvironment())) if (name !== 'NODE_ENV') given.add(name);
  expect([...given].filter((name) => !new RegExp(`\\b${name}\\b`).test(known))).toEqual([]);
});

test('Onward takes the settings it is given: its API listens to all the network of the containers', () => {
  const settings = onward.map(([, service]) => readSettings(environmentOf(service), roleOf(service)));
  expect(settings.map(({ role }) => role)).toEqual(['api', 'receipts', 'worker', 'projector', 'callbacks']);
  for (const one of settings) {
    expect(one).toMatchObject({ host: '0.0.0.0', port: 8080, dataFolder: '/data', secret: SECRET });
    expect(one).toMatchObject({ publicUrl: 'http://localhost:8080', ownerKey: null, logLevel: 'info' });
    expect(one).toMatchObject({ adapters: { engine: 'temporal', log: 'kafka', store: 'mongodb' }, retentionDays: {} });
  }
});

test('retention reaches the projector, which acts on it; partitions reach all, as any may make the topics', () => {
  const given = { ONWARD_RETENTION_DAYS: 'records=30,events=400', ONWARD_KAFKA_PARTITIONS: '24' };
  const processes = onwardIn(readCompose({ ONWARD_SECRET: SECRET, ...given }));
  for (const [name, service] of processes) {
    const env = environmentOf(service);
    const { retentionDays } = readSettings(env, roleOf(service));
    const kept = name === 'projector' ? { records: 30, events: 400 } : {};
    expect({ name, retentionDays }).toEqual({ name, retentionDays: kept });
    expect(readKafkaSettings(env).partitions).toBe(24);
  }
  expect(onward.map(([, service]) => readKafkaSettings(environmentOf(service)).partitions)).toEqual([
    12, 12, 12, 12, 12,
  ]);
});

test('Onward finds the Temporal server of the file, in the namespace that the file makes', () => {
  const { temporal, 'temporal-namespace': namespace } = compose.services;
  expect(temporal?.healthcheck?.test.slice(-2)).toEqual(['temporal', '7233']);
  for (const [, service] of onward) {
    const env = environmentOf(service);
    expect(readTemporalSettings(env, env.TEMPORAL_ADDRESS ?? '')).toMatchObject({
      address: 'temporal:7233',
      namespace: namespace?.environment?.TEMPORAL_NAMESPACE,
    });
  }
});

test('Onward finds the Kafka broker of the file, by the name that the broker goes by among the containers', () => {
  const { KAFKA_ADVERTISED_LISTENERS, KAFKA_LISTENERS } = compose.services.kafka?.environment ?? {};
  const [, advertised, port] = /PLAINTEXT:\/\/(\w+:(\d+)),/.exec(String(KAFKA_ADVERTISED_LISTENERS)) ?? [];
  expect(String(KAFKA_LISTENERS)).toContain(`PLAINTEXT://:${port},`);
  expect(compose.services.kafka?.healthcheck?.test.slice(-2)).toEqual(['localhost', port]);
  for (const [, service] of onward) {
    expect(readKafkaSettings(environmentOf(service))).toMatchObject({ brokers: [advertised], prefix: '', ssl: null });
  }
});

test('Onward finds the replica set that the script makes of the MongoDB server of the file', () => {
  const script = readFileSync(join(ROOT, 'deploy', 'mongo', 'init-replica-set.js'), 'utf8');
  const [, set, member] = /_id: '(\w+)', members: \[\{ _id: 0, host: '(\w+:\d+)' \}\]/.exec(script) ?? [];
  const { command = [] } = compose.services.mongo ?? {};
  expect(command[command.indexOf('--replSet') + 1]).toBe(set);
  const urls = new Set(onward.map(([, service]) => environmentOf(service).MONGODB_URL));
  expect([...urls]).toEqual([`mongodb://${member}/onward?replicaSet=${set}`]);
});

test('Onward’s processes wait for the servers that they cannot start without, and never for one another', () => {
  const servers = ['kafka', 'mongo-replica-set'];
  const awaited = onward.map(([name, { depends_on = {} }]) => [name, Object.keys(depends_on)]);
  expect(Object.fromEntries(awaited)).toEqual({
    api: [...servers, 'temporal-namespace'],
    receipts: [...servers, 'temporal-namespace'],
    worker: [...servers, 'temporal-namespace'],
    projector: servers,
    callbacks: servers,
  });
});

test('who acknowledges receipts while Kafka is away has a volume to keep them; no two services share one', () => {
  const volumes = onward.map(([name, service]) => [name, service.volumes ?? []]);
  expect(Object.fromEntries(volumes)).toEqual({
    api: ['api-data:/data'],
    receipts: ['receipts-data:/data'],
    worker: [],
    projector: [],
    callbacks: [],
  });
});

test('all but the API can be scaled: none of them has a port or a name that only one container can have', () => {
  const single = onward.filter(([, service]) => service.ports !== undefined || 'container_name' in service);
  expect(single.map(([name]) => name)).toEqual(['api']);
});

test('health checks ask where the process listens', () => {
  const asked = onward.map(([name, { healthcheck }]) => [name, healthcheck?.test.slice(1)]);
  expect(Object.fromEntries(asked)).toEqual({
    api: ['node', 'deploy/health.mjs', 'http://127.0.0.1:8080/readyz'],
    receipts: ['node', 'deploy/health.mjs', 'http://127.0.0.1:8080/readyz'],
    worker: ['node', 'deploy/health.mjs', 'http://127.0.0.1:9464/readyz'],
    projector: ['node', 'deploy/health.mjs', 'http://127.0.0.1:9464/readyz'],
    callbacks: ['node', 'deploy/health.mjs', 'http://127.0.0.1:9464/readyz'],
  });
  expect(compose.services.api?.ports).toEqual(['127.0.0.1:8080:8080']);
  for (const [name, service] of onward) {
    const { port, workerPort } = readSettings(environmentOf(service), roleOf(service));
    const sideDoor = ['worker', 'projector', 'callbacks'].includes(name);
    expect({ name, port, workerPort }).toEqual({ name, port: 8080, workerPort: sideDoor ? 9464 : null });
  }
});

test('the scripts can be run by anybody', () => {
  for (const script of ['setup-schema.sh', 'create-namespace.sh']) {
    const file = join(ROOT, 'deploy', 'temporal', script);
    expect(statSync(file).mode & 0o555).toBe(0o555);
    expect(readFileSync(file, 'utf8')).toMatch(/^#!\/bin\/sh\n(#.*\n)+set -eu\n/);
  }
});
