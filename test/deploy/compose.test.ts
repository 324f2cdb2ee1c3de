import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Ajv2020 from 'ajv/dist/2020';
import { readSettings, START_ROLES, type StartRole } from '../../cli/settings';
import { readTemporalSettings } from '../../temporal/settings';
import { COMPOSE_TEXT, type ComposeService, ROOT, readCompose } from './compose-file';
import { imageEnvironment } from './image-file';

const SECRET = '0123456789abcdef0123456789abcdef';
const compose = readCompose({ ONWARD_SECRET: SECRET });
const services = Object.entries(compose.services);
const onward = services.filter(([, { image }]) => image.startsWith('onward:'));

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
  for (const [name, { depends_on = {}, profiles = [] }] of services) {
    for (const [other, { condition }] of Object.entries(depends_on)) {
      const awaited = compose.services[other];
      const wanted = awaited && endsByItself(awaited) ? 'service_completed_successfully' : 'service_healthy';
      expect({ name, other, condition }).toEqual({ name, other, condition: wanted });
      expect({ name, other, profiles: awaited?.profiles ?? [] }).toEqual({ name, other, profiles });
    }
  }
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
  const sources = ['cli/settings.ts', 'cli/temporal-link.ts', 'temporal/settings.ts', 'temporal/tracing.ts'];
  const known = sources.map((file) => readFileSync(join(ROOT, file), 'utf8')).join('\n');
  const given = new Set(onward.flatMap(([, { environment = {} }]) => Object.keys(environment)));
  for (const name of Object.keys(imageEnvironment())) if (name !== 'NODE_ENV') given.add(name);
  expect([...given].filter((name) => !new RegExp(`\\b${name}\\b`).test(known))).toEqual([]);
});

test('Onward takes the settings it is given: its API listens to all the network of the containers', () => {
  const settings = onward.map(([, service]) => readSettings(environmentOf(service), roleOf(service)));
  expect(settings.map(({ role }) => role)).toEqual(['api', 'worker', 'projector']);
  for (const one of settings) {
    expect(one).toMatchObject({ host: '0.0.0.0', port: 8080, dataFolder: '/data', secret: SECRET });
    expect(one).toMatchObject({ publicUrl: 'http://localhost:8080', ownerKey: null, logLevel: 'info' });
  }
  expect(START_ROLES).toEqual(expect.arrayContaining(['api', 'projector']));
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

test('Onward’s processes share one volume, and one at a time sets it up', () => {
  for (const [name, { volumes, depends_on = {} }] of onward) {
    expect({ name, volumes }).toEqual({ name, volumes: ['onward-data:/data'] });
    if (name !== 'api') expect(depends_on.api).toEqual({ condition: 'service_healthy' });
  }
});

test('health checks ask where the process listens', () => {
  const asked = onward.map(([name, { healthcheck }]) => [name, healthcheck?.test.slice(1)]);
  expect(Object.fromEntries(asked)).toEqual({
    api: ['node', 'deploy/health.mjs', 'ready', 'http://127.0.0.1:8080/readyz'],
    worker: ['node', 'deploy/health.mjs', 'ready', 'http://127.0.0.1:9464/readyz'],
    projector: ['node', 'deploy/health.mjs', 'projected'],
  });
  const { api, worker } = compose.services;
  expect(api?.ports).toEqual(['127.0.0.1:8080:8080']);
  expect(readSettings(environmentOf(worker as ComposeService), 'worker').workerPort).toBe(9464);
});

test('the scripts can be run by anybody', () => {
  for (const script of ['setup-schema.sh', 'create-namespace.sh']) {
    const file = join(ROOT, 'deploy', 'temporal', script);
    expect(statSync(file).mode & 0o555).toBe(0o555);
    expect(readFileSync(file, 'utf8')).toMatch(/^#!\/bin\/sh\n(#.*\n)+set -eu\n/);
  }
});
