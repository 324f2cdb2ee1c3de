import type { Response } from 'playwright-core';
import { consoleUnderTest } from './console-under-test';

const LIMIT_BYTES = 250_000;
const LIMIT_MS = 120_000;

const console = consoleUnderTest();

/** What every page loads before it shows anything is the frame; the largest pages are the ones that people live in. */
test.each(['/console', '/console/flows', '/console/runs', '/console/analytics', '/console/settings'])(
  '%s comes with at most 250 kB, compressed, all of it from here',
  async (path) => {
    const { page, context, complaints } = await console.open('/docs/favicon-32x32.png');
    const responses: Response[] = [];
    page.on('response', (response) => responses.push(response));
    await page.goto(console.server.url + path);
    await page.getByRole('heading', { level: 1 }).waitFor();
    await page.waitForLoadState('networkidle');
    const loaded = responses.filter((response) => new URL(response.url()).pathname.startsWith('/console'));
    const sizes = await Promise.all(loaded.map((response) => response.request().sizes()));
    expect(loaded.length).toBeGreaterThan(2);
    expect(sizes.reduce((sum, { responseBodySize }) => sum + responseBodySize, 0)).toBeLessThan(LIMIT_BYTES);
    expect(responses.filter((response) => !response.url().startsWith(console.server.url))).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  },
  LIMIT_MS,
);

test('what never changes is kept by the browser, and the page itself is asked for again', async () => {
  const page = await fetch(`${console.server.url}/console`);
  expect(page.headers.get('cache-control')).toBe('no-cache');
  expect(page.headers.get('content-security-policy')).toContain("script-src 'self'");
  const asset = /\/console\/assets\/[\w.-]+[.]js/.exec(await page.text())?.[0] ?? '';
  for (const [accepted, coding] of [
    ['br', 'br'],
    ['gzip', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['identity', null],
  ]) {
    const answer = await fetch(console.server.url + asset, { headers: { 'accept-encoding': accepted ?? '' } });
    expect({ status: answer.status, coding: answer.headers.get('content-encoding') }).toEqual({ status: 200, coding });
    expect(answer.headers.get('cache-control')).toContain('immutable');
  }
});

test.each([
  '/console/assets/no-such.js',
  '/console/assets/..%2f..%2fonward.js',
  '/console/assets/index.html',
  '/console/assets/.made-of',
])('%s is not there', async (path) => {
  expect((await fetch(console.server.url + path)).status).toBe(404);
});
