import { join } from 'node:path';
import { openDatabase } from '../../sqlite/open';
import { until } from '../support/until';
import { consoleUnderTest, graveFindings, tooWide } from './console-under-test';
import { NOW, tellLive } from './saved-views-and-live';

const LIMIT_MS = 120_000;
const console = consoleUnderTest();

const open = async (now: () => object | null, look = {}) => {
  const window = await console.open('/console/settings', look);
  await tellLive(window.page, now);
  await window.page.goto(`${console.server.url}/console/live`);
  await window.page.locator('main h1').waitFor();
  return window;
};

test(
  'what runs, how fast, how far behind and who is in trouble is said in words',
  async () => {
    const { page, complaints } = await open(() => NOW);
    const running = page.getByRole('link', { name: 'OTP by live' });
    expect(await running.getAttribute('href')).toBe('/console/runs?flow=wf_otp&status=running');
    await page.getByLabel('Rates').getByText('2.5').waitFor();
    await page.getByLabel('Rates').getByText('Not known here').waitFor();
    await page.getByRole('status').getByText('Up to date').waitFor();
    const rows = page.getByRole('table', { name: /Providers/ }).locator('tbody tr');
    expect(await rows.nth(0).innerText()).toMatch(
      /twilio[\s\S]*breaker open[\s\S]*200[\s\S]*90[\s\S]*45%[\s\S]*820 ms/,
    );
    expect(await rows.nth(1).innerText()).toMatch(/sandbox[\s\S]*Not known here/);
    expect(complaints).toEqual([]);
  },
  LIMIT_MS,
);

test(
  'it follows by itself, keeps what it knew while the API fails, and comes back',
  async () => {
    let now: object | null = NOW;
    const { page } = await open(() => now);
    const total = page.getByLabel('Rates').locator('dd').first();
    await total.getByText('7', { exact: true }).waitFor();
    now = { ...NOW, running: { total: 31, byFlow: [] } };
    await total.getByText('31', { exact: true }).waitFor();
    now = null;
    await page.getByRole('alert').getByText('The store is away.').waitFor();
    await page.getByText('Not answered now; last known').waitFor();
    expect(await total.innerText()).toBe('31');
    now = { ...NOW, lag: { eventsBehind: null, receiptsBehind: null, oldestSeconds: null } };
    await page.getByRole('alert').waitFor({ state: 'detached' });
    await page.getByText('The process that answers does not see the log.').waitFor();
  },
  LIMIT_MS,
);

/** What a foreign producer writes beside us. */
function writeReceipts(values: string[]): void {
  const db = openDatabase(join(console.server.dataFolder, 'onward.db'), { durability: 'full' });
  try {
    const insert = db.prepare('INSERT INTO receipts (key, value) VALUES (?, ?)');
    for (const value of values) insert.run('', value);
  } finally {
    db.close();
  }
}

const waiting = async () => (await console.call('GET', '/v1/receipts/dead')).items;

test(
  'a dead letter is seen with its cause and as it came, and given another try alone and with all',
  async () => {
    writeReceipts(['{ this is', '"a receipt of nobody"']);
    await until(async () => (await waiting()).length === 2, 'both are dead letters');
    const { page } = await open(() => NOW);
    const letters = page.getByRole('list', { name: 'Dead letters' }).getByRole('listitem');
    await letters.nth(1).waitFor();
    await letters.nth(0).getByText('not JSON').waitFor();
    await letters.nth(0).getByText('The receipt as it came').click();
    await letters.nth(0).getByText('{ this is').waitFor();
    await letters.nth(0).getByRole('button', { name: 'Give it another try' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click();
    await page.getByText('1 was given another try.').waitFor();
    await letters.nth(0).getByText('Tried again').waitFor();
    // It is as bad as it was, and so it came again.
    await until(async () => (await waiting()).length === 3, 'it is a dead letter anew');
    await page.getByRole('button', { name: 'Give all another try' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Try again' }).click();
    await page.getByText('2 were given another try.').waitFor();
    await until(
      async () => (await waiting()).every(({ redriven }: { redriven: boolean }) => !redriven),
      'they are new ones',
    );
  },
  LIMIT_MS,
);

test.each([
  ['on a phone, dark', { width: 360, dark: true, locale: 'en-GB' }],
  ['in Arabic', { width: 1280, locale: 'ar-EG' }],
])(
  '%s it fits and can be used by everybody',
  async (_, look) => {
    const { page } = await open(() => NOW, look);
    await page.locator('main h2').nth(4).waitFor();
    await page.getByText('OTP by live').waitFor();
    expect(await tooWide(page)).toBe(0);
    expect(await graveFindings(page)).toEqual([]);
  },
  LIMIT_MS,
);
