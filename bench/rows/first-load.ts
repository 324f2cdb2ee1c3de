import { setTimeout as pause } from 'node:timers/promises';
import type { Browser, BrowserContext } from 'playwright-core';
import { openBrowser } from '../../test/console/browser';
import { findBrowser } from '../../test/servers/browser-install';
import { ms } from '../amounts';
import { type Spread, spreadOf } from '../load/percentile';
import { INVOCATION } from '../onward/flows';
import { type OnwardServer, startOnward } from '../onward/start';
import type { Bench, Line, Row } from '../row';

const GOALS = { ms: 1_500, bytes: 250_000 } as const;
const LOADS = { quick: 3, full: 15 } as const;
const RUNS = 50;
const PAGES = ['', '/flows', '/runs?mode=test', '/analytics?mode=test', '/live?mode=test', '/settings/keys'];
/** The charts come after the page. */
const REST_MS = 500;

type Cookies = Awaited<ReturnType<BrowserContext['cookies']>>;

/** Pages of the console as somebody sees them whose browser has nothing of them yet. */
export async function firstLoad(bench: Bench): Promise<Row> {
  const loads = bench.options.quick ? LOADS.quick : LOADS.full;
  await findBrowser(bench.say);
  const browser = await openBrowser();
  const server = await startOnward(bench.options);
  try {
    for (let n = 0; n < RUNS; n++) await server.invoke.wf_bench_fill(INVOCATION);
    const cookies = await signedIn(browser, server);
    const lines: Line[] = [];
    for (const page of PAGES) {
      bench.say(`first-load: /console${page}`);
      const opened: Opened[] = [];
      for (let n = 0; n < loads; n++) opened.push(await open(browser, `${server.url}/console${page}`, cookies));
      lines.push(lineOf(page, spreadOf(opened.map((one) => one.ms)), Math.max(...opened.map((one) => one.bytes))));
    }
    const how = `Each ${loads} times with an empty cache, on the server’s own machine, over ${RUNS} runs`;
    const until = `from the address to the page’s heading; the bytes are the page’s own, compressed, until ${REST_MS} ms later`;
    return {
      row: 'first-load',
      title: 'First load of a page of the console, in Chromium without a screen',
      lines,
      notes: [`${how}: ${until}.`],
    };
  } finally {
    await server.stop();
    await browser.close();
  }
}

/** Somebody invited who has accepted. */
async function signedIn(browser: Browser, server: OnwardServer): Promise<Cookies> {
  const context = await browser.newContext();
  try {
    const headers = { authorization: `Bearer ${server.ownerKey}` };
    const person = { email: 'bench@example.com', name: 'Benchmark', role: 'owner' };
    const invited = await context.request.post(`${server.url}/v1/people`, { headers, data: person });
    const { invitation } = (await invited.json()) as { invitation: { url: string } };
    const token = new URL(invitation.url).searchParams.get('token') ?? '';
    const accepted = await context.request.post(`${server.url}/v1/invitations/${encodeURIComponent(token)}`, {
      headers: { 'x-onward-console': '1' },
      data: { password: 'a password of the benchmark' },
    });
    if (!accepted.ok()) throw new Error(`the invitation was answered ${accepted.status()}`);
    return await context.cookies();
  } finally {
    await context.close();
  }
}

interface Opened {
  ms: number;
  bytes: number;
}

async function open(browser: Browser, address: string, cookies: Cookies): Promise<Opened> {
  const context = await browser.newContext();
  try {
    await context.addCookies(cookies);
    const page = await context.newPage();
    const sizes: Promise<number>[] = [];
    page.on('requestfinished', (request) => {
      if (!new URL(request.url()).pathname.startsWith('/console')) return;
      const known = request.sizes().then(({ responseBodySize }) => responseBodySize);
      sizes.push(known.catch(() => 0));
    });
    const began = performance.now();
    await page.goto(address);
    await page.getByRole('heading', { level: 1 }).waitFor();
    const took = performance.now() - began;
    await pause(REST_MS);
    const bytes = (await Promise.all(sizes)).reduce((sum, one) => sum + one, 0);
    return { ms: took, bytes };
  } finally {
    await context.close();
  }
}

function lineOf(page: string, spread: Spread, bytes: number): Line {
  return {
    what: `/console${page}`,
    value: `p50 ${ms(spread.p50)}, most ${ms(spread.max)}, ${Math.round(bytes / 1_000)} kB`,
    result: ms(spread.p50),
    goal: `< ${ms(GOALS.ms)}, < ${GOALS.bytes / 1_000} kB`,
    met: spread.p50 < GOALS.ms && bytes < GOALS.bytes,
    figures: { p50Ms: spread.p50, maxMs: spread.max, bytes },
  };
}
