import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type ServerProcess, serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';

const root = temporaryFolder();
const start = serverProcesses();
const newFolder = () => join(mkdtempSync(join(root, 'data-')), 'new');
/** As a user starts it first: no key given. */
const NO_KEYS = { ONWARD_OWNER_KEY: undefined, ONWARD_TEST_KEY: undefined };

function printedKeys(server: ServerProcess): Record<string, string> {
  const found = server.stdout().matchAll(/^ +(ONWARD_(?:OWNER|TEST)_KEY)=(\S+)$/gm);
  return Object.fromEntries([...found].map(([, name, secret]) => [name, secret]));
}

async function statusWith(server: ServerProcess, key: string | undefined): Promise<number> {
  return (await fetch(`${server.url}/v1/flows`, { headers: { 'api-key': key ?? '' } })).status;
}

const modeOf = (path: string) => (statSync(path).mode & 0o777).toString(8);

test('the first start prints two keys that work, the second none, and they still work', async () => {
  const dataFolder = newFolder();
  const first = await (await start({ dataFolder, env: NO_KEYS })).ready();
  const keys = printedKeys(first);
  expect(keys).toEqual({
    ONWARD_OWNER_KEY: expect.stringMatching(/^live_.{22}/),
    ONWARD_TEST_KEY: expect.stringMatching(/^test_.{22}/),
  });
  expect(await statusWith(first, keys.ONWARD_OWNER_KEY)).toBe(200);
  expect(await first.stop()).toBe(0);

  const second = await (await start({ dataFolder, env: NO_KEYS })).ready();
  expect(await statusWith(second, keys.ONWARD_OWNER_KEY)).toBe(200);
  expect(await second.stop()).toBe(0);
  expect(printedKeys(second)).toEqual({});
  expect(second.output()).not.toContain(keys.ONWARD_OWNER_KEY);
});

test('the folder is its owner’s alone, and so is every file with a key or with data', async () => {
  const dataFolder = newFolder();
  const server = await (await start({ dataFolder, env: NO_KEYS })).ready();
  expect(modeOf(dataFolder)).toBe('700');
  const files = readdirSync(dataFolder);
  expect(files).toEqual(expect.arrayContaining(['owner.key', 'test.key', 'secret', 'onward.db', 'views.db']));
  const open = files.filter((file) => !file.includes('.lock') && modeOf(join(dataFolder, file)) !== '600');
  expect(open).toEqual([]);
  expect(await server.stop()).toBe(0);
});

test('the owner’s key that was changed in the environment is refused, the new one works', async () => {
  const dataFolder = newFolder();
  const before = await (await start({ dataFolder, env: { ONWARD_OWNER_KEY: 'live_the_first_one' } })).ready();
  expect(printedKeys(before)).toEqual({});
  expect(await statusWith(before, 'live_the_first_one')).toBe(200);
  expect(await before.stop()).toBe(0);
  const after = await (await start({ dataFolder, env: { ONWARD_OWNER_KEY: 'live_the_second_one' } })).ready();
  expect(await statusWith(after, 'live_the_first_one')).toBe(401);
  expect(await statusWith(after, 'live_the_second_one')).toBe(200);
  expect(await after.stop()).toBe(0);
});

test('a first start that fails for its port has made no key that nobody has seen', async () => {
  const dataFolder = newFolder();
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const PORT = typeof address === 'object' && address ? String(address.port) : '';
  const failed = await start({ dataFolder, env: { ...NO_KEYS, PORT } });
  expect(await failed.ended).toBe(1);
  await new Promise((resolve) => other.close(resolve));
  const server = await (await start({ dataFolder, env: NO_KEYS })).ready();
  expect(Object.keys(printedKeys(server))).toEqual(['ONWARD_OWNER_KEY', 'ONWARD_TEST_KEY']);
  expect(readFileSync(join(dataFolder, 'owner.key'), 'utf8').trim()).toBe(printedKeys(server).ONWARD_OWNER_KEY);
  expect(await server.stop()).toBe(0);
});
