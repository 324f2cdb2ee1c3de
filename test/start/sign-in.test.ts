import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { runVerb } from '../support/run-verb';
import { type ServerProcess, serverProcesses } from '../support/server-process';
import { temporaryFolder } from '../support/temporary-folder';

const root = temporaryFolder();
const start = serverProcesses();
const newFolder = () => join(mkdtempSync(join(root, 'data-')), 'new');

function printedLinks(server: ServerProcess): string[] {
  return [...server.stdout().matchAll(/^ {2}sign in: (\S+) {2}\(once, within 24 h\)$/gm)].map(([, link = '']) => link);
}

/** Where it leads, and the cookie that it sets. */
async function follow(link: string): Promise<{ location: string | null; cookie: string | null }> {
  const answer = await fetch(link, { redirect: 'manual' });
  const [cookie] = answer.headers.getSetCookie();
  return { location: answer.headers.get('location'), cookie: cookie?.split(';')[0] ?? null };
}

async function personOf(server: ServerProcess, cookie: string | null) {
  const answer = await fetch(`${server.url}/v1/session`, { headers: { cookie: cookie ?? '' } });
  return ((await answer.json()) as { person: unknown }).person;
}

const OWNER = { id: 'per_owner', name: 'Owner', email: 'owner@localhost', role: 'owner' };
const USED = { location: '/console/sign-in?problem=link', cookie: null };

test('the first start prints a link that signs the owner in, once; while nobody has, each start prints one', async () => {
  const dataFolder = newFolder();
  const first = await (await start({ dataFolder })).ready();
  const [unused = ''] = printedLinks(first);
  expect(unused).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/console\/sign-in\?token=[\w-]{43}$/);
  expect(unused).toContain(first.url);
  expect(await first.stop()).toBe(0);

  const env = { ONWARD_LOG_LEVEL: 'trace' };
  const second = await (await start({ dataFolder, env })).ready();
  const [link = ''] = printedLinks(second);
  const { location, cookie } = await follow(link);
  expect(location).toBe('/console');
  expect(await personOf(second, cookie)).toEqual(OWNER);
  expect(await follow(link)).toEqual(USED);
  // The one from before is good no more either: whoever is in needs none that lies about.
  expect(await follow(link.replace(/token=.*/, new URL(unused).search.slice(1)))).toEqual(USED);
  expect(second.stderr()).not.toContain(cookie?.split('=')[1] ?? '');
  expect(second.stderr()).not.toContain(new URL(link).searchParams.get('token') ?? '');
  expect(await second.stop()).toBe(0);

  const third = await (await start({ dataFolder })).ready();
  expect(printedLinks(third)).toEqual([]);
  // The session outlives the process.
  expect(await personOf(third, cookie)).toEqual(OWNER);
  expect(await third.stop()).toBe(0);
}, 60_000);

test('`onward sign-in` prints another beside the server that runs, for the owner or whom it names', async () => {
  const dataFolder = newFolder();
  const server = await (await start({ dataFolder })).ready();
  const env = { ONWARD_DATA: dataFolder, PORT: new URL(server.url).port };
  const body = JSON.stringify({ email: 'ann@example.com', name: 'Ann', role: 'analyst' });
  const headers = { 'api-key': server.ownerKey, 'content-type': 'application/json' };
  expect((await fetch(`${server.url}/v1/people`, { method: 'POST', headers, body })).status).toBe(201);

  const owners = await runVerb(['sign-in'], env);
  expect(owners).toMatchObject({ status: 0, err: 'It signs in Owner, once, within 24 hours.' });
  expect(await personOf(server, (await follow(owners.out)).cookie)).toEqual(OWNER);
  const anns = await runVerb(['sign-in', '--email', 'ANN@example.com'], env);
  expect(await personOf(server, (await follow(anns.out)).cookie)).toMatchObject({ email: 'ann@example.com' });

  const nobody = await runVerb(['sign-in', '--email', 'bob@example.com'], env);
  expect(nobody).toEqual({ status: 1, out: '', err: 'Nobody of that address can sign in.' });
  const elsewhere = await runVerb(['sign-in'], { ONWARD_DATA: newFolder() });
  expect(elsewhere.err).toMatch(/^ONWARD_DATA is .*no data there\. Set it to the folder/);
  const otherSecret = await runVerb(['sign-in'], {
    ...env,
    ONWARD_SECRET: 'another secret'.replace(' ', '-').padEnd(20, 'x'),
  });
  expect(otherSecret.err).toMatch(/^ONWARD_SECRET is not the one/);
  expect(await server.stop()).toBe(0);
});

test('the link leads to where people open the console', async () => {
  const env = { ONWARD_PUBLIC_URL: 'https://onward.example/' };
  const server = await (await start({ dataFolder: newFolder(), env })).ready();
  expect(printedLinks(server)[0]).toMatch(/^https:\/\/onward\.example\/console\/sign-in\?token=/);
  expect(await server.stop()).toBe(0);
});
