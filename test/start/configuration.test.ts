import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { keepToPlaces } from '../../cli/marks';
import { readSettings } from '../../cli/settings';
import { type ServerOptions, serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';

const root = temporaryFolder();
const start = serverProcesses();
const newFolder = () => mkdtempSync(join(root, 'data-'));

/** One line on stderr that names the variable, nothing else, status 1, soon. */
async function expectOneLine(options: Partial<ServerOptions>, line: RegExp): Promise<void> {
  const began = performance.now();
  const server = await start({ dataFolder: newFolder(), ...options });
  const status = await server.ended;
  expect(server.stderr()).toMatch(line);
  expect(server.stderr().trimEnd().split('\n')).toHaveLength(1);
  expect(server.stdout()).toBe('');
  expect(status).toBe(1);
  expect(performance.now() - began).toBeLessThan(30_000);
}

test.each<[string, Record<string, string>, RegExp]>([
  ['a PORT that is no number', { PORT: 'http' }, /^PORT is “http”\. Set it to a whole number from 0 to 65535\.$/],
  ['a PORT that no machine has', { PORT: '65536' }, /^PORT is “65536”\. Set it to a whole number/],
  [
    'a public URL that is none',
    { ONWARD_PUBLIC_URL: 'example.com' },
    /^ONWARD_PUBLIC_URL is “example.com”\. Set it to/,
  ],
  ['a public URL of no web server', { ONWARD_PUBLIC_URL: 'ftp://a.example' }, /^ONWARD_PUBLIC_URL is .*Set it to/],
  ['a short secret', { ONWARD_SECRET: 'short' }, /^ONWARD_SECRET must be at least 16 .*Set a longer one\.$/],
  ['a short owner’s key', { ONWARD_OWNER_KEY: 'short' }, /^ONWARD_OWNER_KEY must be at least 8 .*Set a longer one\.$/],
  [
    'one key for two',
    { ONWARD_OWNER_KEY: 'for_both', ONWARD_TEST_KEY: 'for_both' },
    /^ONWARD_OWNER_KEY and ONWARD_TEST_KEY are the same\. Set two/,
  ],
  ['a send timeout of none', { ONWARD_SEND_TIMEOUT_SECONDS: '0' }, /^ONWARD_SEND_TIMEOUT_SECONDS is “0”\. Set it to/],
  ['a log level that is none', { ONWARD_LOG_LEVEL: 'loud' }, /^ONWARD_LOG_LEVEL is “loud”\. Set it to one of/],
  [
    'things kept that there are not',
    { ONWARD_RETENTION_DAYS: 'letters=3' },
    /^ONWARD_RETENTION_DAYS has “letters=3”\. Set/,
  ],
  [
    'records kept longer than events',
    { ONWARD_RETENTION_DAYS: 'events=30' },
    /^ONWARD_RETENTION_DAYS keeps records longer .*Set records/,
  ],
  ['nothing kept at all', { ONWARD_RETENTION_DAYS: 'records=0' }, /^ONWARD_RETENTION_DAYS has “records=0”\. Set it to/],
  ['a rate for nobody', { ONWARD_SEND_RATES: 'twilio=80,pigeon=1' }, /^ONWARD_SEND_RATES has “pigeon=1”\. Set it to/],
  [
    'OpenID Connect of nobody',
    { ONWARD_OPENID_CLIENT_ID: 'onward' },
    /^ONWARD_OPENID_ISSUER is not set, .*Set it to the provider’s issuer/,
  ],
  [
    'an issuer that all can listen to',
    { ONWARD_OPENID_ISSUER: 'http://sso.example', ONWARD_OPENID_CLIENT_ID: 'onward' },
    /^ONWARD_OPENID_ISSUER is “http:\/\/sso\.example”\. Set it to an https address/,
  ],
  ['an issuer that is none', { ONWARD_OPENID_ISSUER: 'sso' }, /^ONWARD_OPENID_ISSUER is “sso”\. Set it to an https/],
  [
    'an issuer alone',
    { ONWARD_OPENID_ISSUER: 'https://sso.example' },
    /^ONWARD_OPENID_CLIENT_ID is not set\. Set it to the ID/,
  ],
  ['a rate of none', { ONWARD_SEND_RATES: 'twilio=0' }, /^ONWARD_SEND_RATES has “twilio=0”\. Set it to/],
])('settings with %s are refused in a sentence that names the variable and the mend', (_title, env, sentence) => {
  expect(() => readSettings(env, 'all')).toThrow(sentence);
});

describe('a start that cannot work ends with one line, without a stack trace, and status 1', () => {
  const file = join(root, 'a-file');
  writeFileSync(file, 'not a folder');

  test.concurrent.each<[string, Partial<ServerOptions>, RegExp]>([
    ['a setting of the wrong kind', { env: { PORT: 'http' } }, /^onward: PORT is “http”\. Set it to/],
    [
      'a HOST of another machine',
      { env: { HOST: '192.0.2.1' } },
      /^onward: HOST “192\.0\.2\.1” cannot be .*Set HOST to/,
    ],
    ['an ONWARD_DATA that is a file', { dataFolder: file }, /^onward: ONWARD_DATA is “.*a-file”.*Set it to a folder/],
    ['an ONWARD_DATA in a file', { dataFolder: join(file, 'data') }, /^onward: ONWARD_DATA is .*Set it to a folder/],
    ['brokers that are no addresses', { env: { KAFKA_BROKERS: 'http://kafka' } }, /^onward: KAFKA_BROKERS .*[Ss]et /],
    ['a MongoDB URL that is none', { env: { MONGODB_URL: 'mongo.example' } }, /^onward: MONGODB_URL is no .*Set it to/],
    ['a disk without room', { fileLimitKiB: 40 }, /^onward: ONWARD_DATA cannot be .*See whether its disk is full/],
  ])('%s', (_title, options, line) => expectOneLine(options, line));

  test('a PORT in use', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const PORT = typeof address === 'object' && address ? String(address.port) : '';
    await expectOneLine({ env: { PORT } }, new RegExp(`^onward: PORT ${PORT} is in use on 127.0.0.1. Set PORT to`));
    await new Promise((resolve) => other.close(resolve));
  });

  test('a database that is garbage', async () => {
    const dataFolder = newFolder();
    writeFileSync(join(dataFolder, 'onward.db'), Buffer.alloc(8192, 'garbage'));
    await expectOneLine({ dataFolder }, /^onward: ONWARD_DATA holds a file that is damaged .*Put back a copy/);
  });

  test('a data folder that a server has, which goes on; and then one that was written with another secret', async () => {
    const dataFolder = newFolder();
    const first = await (await start({ dataFolder })).ready();
    await expectOneLine({ dataFolder }, /^onward: ONWARD_DATA is .*which another engine is using\. Stop it, or set/);
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
    expect(await first.stop()).toBe(0);
    const env = { ONWARD_SECRET: 'quite-another-secret' };
    await expectOneLine({ dataFolder, env }, /^onward: ONWARD_SECRET is not the one .*Set it to that one/);
  });
});

describe('a data folder goes on where it began', () => {
  const marked = (log: 'sqlite' | 'kafka', store: 'sqlite' | 'mongodb', dataFolder: string) =>
    keepToPlaces({ dataFolder, adapters: { engine: 'embedded', log, store } });

  test('files do not become MongoDB, nor MongoDB files', () => {
    const [files, server, old] = [newFolder(), newFolder(), newFolder()];
    marked('sqlite', 'sqlite', files);
    expect(() => marked('sqlite', 'mongodb', files)).toThrow(/store in files\. Unset MONGODB_URL, or set ONWARD_DATA/);
    marked('kafka', 'mongodb', server);
    expect(() => marked('kafka', 'sqlite', server)).toThrow(/store in MongoDB\. Set MONGODB_URL, or set ONWARD_DATA/);
    writeFileSync(join(old, 'engine'), 'embedded\n');
    expect(() => marked('sqlite', 'mongodb', old)).toThrow(/store in files/);
  });

  test('its log may move to Kafka, and not back', () => {
    const folder = newFolder();
    marked('sqlite', 'sqlite', folder);
    marked('kafka', 'sqlite', folder);
    expect(() => marked('sqlite', 'sqlite', folder)).toThrow(/log in Kafka\. Set KAFKA_BROKERS, or set ONWARD_DATA/);
  });
});

test('a role that there is not is a wrong call: the roles are named, status 2', async () => {
  const server = await start({ dataFolder: newFolder(), args: ['--role', 'callback'] });
  expect(await server.ended).toBe(2);
  expect(server.output()).toBe('There is no role “callback”: api, receipts, projector, callbacks.\n');
});
