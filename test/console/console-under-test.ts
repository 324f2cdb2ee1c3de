import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { type ServerProcess, serverProcesses } from '../support/server-process';
import { type Look, openBrowser, openWindow, type Window } from './browser';

export interface ConsoleUnderTest {
  readonly server: ServerProcess;
  readonly browser: Browser;
  /** A window in which the owner has signed in. */
  open(path: string, look?: Look): Promise<Window>;
  /** A window in which somebody of that role has signed in: invited, and the invitation accepted. */
  openAs(role: string, path: string, look?: Look): Promise<Window>;
  /** A window of nobody. */
  openOutside(path: string, look?: Look): Promise<Window>;
  /** By the owner's key, or another one. Throws for what is not 2xx. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects to be there, and fails where it is not.
  call(method: string, path: string, body?: unknown, key?: string): Promise<any>;
  /** Kills the server and starts it anew on the same folder and port. */
  restart(meanwhile?: () => Promise<void>): Promise<void>;
}

const SET_UP_MS = 60_000;
const LINK = /http:\S+\/console\/sign-in\?token=\S+/;

/** A server in a process of its own and a real browser, for all tests of a file. The link that the start prints signs in. */
export function consoleUnderTest(env: Record<string, string> = {}): ConsoleUnderTest {
  const startServer = serverProcesses();
  const folder = mkdtempSync(join(tmpdir(), 'onward-console-'));
  const contexts: BrowserContext[] = [];
  let server: ServerProcess;
  let browser: Browser;
  let cookies: Awaited<ReturnType<BrowserContext['cookies']>> = [];

  beforeAll(async () => {
    [browser, server] = await Promise.all([openBrowser(), startServer({ dataFolder: folder, env }).then(ready)]);
    const link = LINK.exec(server.stdout())?.[0];
    if (!link) throw new Error(`the start prints no link to sign in: ${server.stdout()}`);
    const { context, page } = await openWindow(browser);
    await page.goto(link);
    cookies = await context.cookies();
    await context.close();
  }, SET_UP_MS);
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  }, SET_UP_MS);
  afterEach(async () => {
    await Promise.all(contexts.splice(0).map((context) => context.close()));
  });

  const openOutside = async (path: string, look: Look = {}) => {
    const window = await openWindow(browser, look);
    contexts.push(window.context);
    await window.page.goto(server.url + path);
    return window;
  };
  const call: ConsoleUnderTest['call'] = async (method, path, body, key = server.ownerKey) => {
    const response = await fetch(server.url + path, {
      method,
      headers: { 'api-key': key, ...(body !== undefined && { 'content-type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
    return text && (response.headers.get('content-type') ?? '').includes('json') ? JSON.parse(text) : text;
  };
  return {
    get server() {
      return server;
    },
    get browser() {
      return browser;
    },
    openOutside,
    async open(path, look = {}) {
      const window = await openWindow(browser, look);
      contexts.push(window.context);
      await window.context.addCookies(cookies);
      await window.page.goto(server.url + path);
      return window;
    },
    async openAs(role, path, look = {}) {
      const window = await openWindow(browser, look);
      contexts.push(window.context);
      const email = `${role}.${contexts.length}.${Date.now()}@example.com`;
      const { invitation } = await call('POST', '/v1/people', { email, name: `Somebody, ${role}`, role });
      const token = new URL(invitation.url).searchParams.get('token') ?? '';
      // What it sets as a cookie is the window's.
      const accepted = await window.context.request.post(`${server.url}/v1/invitations/${encodeURIComponent(token)}`, {
        headers: { 'x-onward-console': '1' },
        data: { name: `Somebody, ${role}`, password: 'seven green lanterns drift' },
      });
      if (!accepted.ok()) throw new Error(`the invitation answered ${accepted.status()}: ${await accepted.text()}`);
      await window.page.goto(server.url + path);
      return window;
    },
    call,
    async restart(meanwhile = async () => {}) {
      server.signal('SIGKILL');
      await server.ended;
      await meanwhile();
      const { port } = new URL(server.url);
      server = await startServer({ dataFolder: folder, env: { ...env, PORT: port } }).then(ready);
    },
  };
}

const ready = (server: ServerProcess) => server.ready();

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
/** What keeps somebody from using a page. */
const GRAVE = ['serious', 'critical'];

interface AxeFinding {
  impact: string | null;
  id: string;
  help: string;
  nodes: { target: string[]; failureSummary: string }[];
}

/** What axe finds on the page as it stands that is serious or worse, each in a line. */
export async function graveFindings(page: Page): Promise<string[]> {
  // By the browser's own tools, which the page's policy does not hold back.
  await page.evaluate(AXE);
  const found = (await page.evaluate('axe.run()')) as { violations: AxeFinding[] };
  return found.violations
    .filter(({ impact }) => GRAVE.includes(impact ?? ''))
    .flatMap(({ id, help, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${id}: ${help} at ${target.join(' ')}: ${failureSummary}`),
    );
}

/** How many pixels the page is wider than its window: 0 where nothing has to be scrolled sideways. */
export function tooWide(page: Page): Promise<number> {
  return page.evaluate(() => {
    const { scrollWidth, clientWidth } = (globalThis as unknown as { document: Document }).document.documentElement;
    return scrollWidth - clientWidth;
  });
}

/** As far as this file needs to know it: the tests are not compiled for a browser. */
interface Document {
  documentElement: { scrollWidth: number; clientWidth: number };
}
