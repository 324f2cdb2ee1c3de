import type { Locator, Page } from 'playwright-core';
import { advise } from '../../core/advice';
import { testLadder } from '../scenarios/run-on-core';
import { flow, step } from '../scenarios/scenario';
import { finished, people, recordedSample } from '../support/simulated-people';
import { until } from '../support/until';
import { consoleUnderTest, graveFindings, tooWide } from './console-under-test';
import { keepSavedViews } from './saved-views-and-live';

const LIMIT_MS = 120_000;
const console = consoleUnderTest();

const ASKED = 'flow=wf_otp&mode=test';
const REPORT = '/console/analytics?flow=wf_otp&mode=test';
const report = (name: string, more = '') => console.call('GET', `/v1/analytics/${name}?${ASKED}${more}`);

/** What WhatsApp and SMS do, and how often. */
const SCRIPTS: [number, { whatsapp: string; sms?: string }][] = [
  [5, { whatsapp: 'delivered@40ms, read@60ms' }],
  [3, { whatsapp: 'reject:not_on_channel', sms: 'delivered@30ms' }],
  [2, { whatsapp: 'delivered@1200ms', sms: 'delivered@20ms' }],
  [1, { whatsapp: 'undelivered:unreachable@20ms', sms: 'undelivered:blocked@20ms' }],
];

async function publishWithin(seconds: number): Promise<void> {
  const { draft } = await console.call('GET', '/v1/flows/wf_otp');
  const response = await fetch(`${console.server.url}/v1/flows/wf_otp`, { headers: key() });
  draft.steps[0].timeoutSeconds = seconds;
  const headers = { ...key(), 'content-type': 'application/json', 'if-match': response.headers.get('etag') ?? '' };
  const url = `${console.server.url}/v1/flows/wf_otp/draft`;
  expect((await fetch(url, { method: 'PUT', headers, body: JSON.stringify(draft) })).status).toBe(200);
  await console.call('POST', '/v1/flows/wf_otp/publish', {});
}

const key = () => ({ 'api-key': console.server.ownerKey });

async function invoke(sandbox: object, variables: object = { code: '493021' }): Promise<void> {
  const body = { recipient: { phone: '+393351234567' }, variables, sandbox };
  await console.call('POST', '/v1/workflows/wf_otp/invocations', body, console.server.testKey);
}

beforeAll(async () => {
  await publishWithin(1);
  for (const [times, sandbox] of SCRIPTS) for (let time = 0; time < times; time++) await invoke(sandbox);
  await publishWithin(2);
  await invoke({ whatsapp: 'delivered@40ms' });
  await invoke({}, {}).catch(() => {});
  await until(async () => {
    const { invocations, steps } = await report('funnel');
    return invocations.running === 0 && steps[0].lateDelivered === 2;
  }, 'every run has ended and both late receipts are there');
}, LIMIT_MS);

/** By rows, as they stand there. */
async function cells(page: Page, name: string): Promise<string[][]> {
  const table = page.getByRole('table', { name });
  const rows = await table.locator('tbody tr').all();
  return Promise.all(rows.map((row) => row.locator('td').allInnerTexts()));
}

const open = async (path: string, look = {}) => {
  const window = await console.open('/console/settings', look);
  await keepSavedViews(window.page);
  await window.page.goto(console.server.url + path);
  return window;
};

const tile = (page: Page, name: string): Locator =>
  page
    .getByLabel('In short')
    .locator('div', { has: page.getByText(name, { exact: true }) })
    .locator('dd')
    .first();

describe('the funnel', () => {
  it(
    'shows what the API says for the same filters',
    async () => {
      const { page } = await open(REPORT);
      const { invocations, steps } = await report('funnel');
      await tile(page, 'Saved by fallback').waitFor();
      const saved = steps.reduce((sum: number, step: { savedByFallback: number }) => sum + step.savedByFallback, 0);
      expect(saved).toBeGreaterThanOrEqual(3);
      expect(await tile(page, 'Saved by fallback').innerText()).toBe(String(saved));
      expect(await tile(page, 'Runs').innerText()).toBe(String(invocations.accepted));
      expect(await tile(page, 'Late').innerText()).toBe(String(invocations.late));
      expect(await tile(page, 'Reached twice').innerText()).toBe(String(invocations.duplicates));
      expect(await tile(page, 'Rejected invocations').innerText()).toBe('1');
      await page.getByText('The numbers as a table').click();
      expect((await cells(page, 'Step by step')).map((row) => row.slice(1))).toEqual(
        steps.map((step: Record<string, number>) =>
          ['attempted', 'accepted', 'delivered', 'read'].map((name) => String(step[name])),
        ),
      );
      const names = ['savedByFallback', 'failed', 'timedOut', 'skipped', 'lateDelivered', 'duplicates'];
      expect((await cells(page, 'What each step brought')).map((row) => row.slice(1, 7))).toEqual(
        steps.map((step: Record<string, number>) => names.map((name) => String(step[name]))),
      );
    },
    LIMIT_MS,
  );

  it(
    'keeps its filters in the address over a reload, and changes them by what one chooses',
    async () => {
      const { page } = await open(`${REPORT}&by=version`);
      await page.getByLabel('Version', { exact: true }).selectOption('Version 2');
      await page.waitForURL(/version=2/);
      await page.reload();
      expect(await page.getByLabel('Version', { exact: true }).inputValue()).toBe('2');
      expect(await page.getByLabel('Compare by').inputValue()).toBe('version');
      expect(await page.getByLabel('Runs', { exact: true }).inputValue()).toBe('test');
      const { invocations } = await report('funnel', '&version=2');
      expect(await tile(page, 'Runs').innerText()).toBe(String(invocations.accepted));
      await page.goBack();
      await page.waitForURL((url) => !url.search.includes('version=2'));
    },
    LIMIT_MS,
  );

  it(
    'stands versions beside each other, and says when there are too few to tell',
    async () => {
      const { page } = await open(`${REPORT}&by=version`);
      const { groups } = await report('funnel', '&by=version');
      await page.getByRole('table', { name: 'The groups beside each other' }).waitFor();
      const shown = (await cells(page, 'The groups beside each other')).map((row) => row.slice(0, 2));
      expect(shown).toEqual(
        groups.map((group: { version: number; invocations: { accepted: number } }) => [
          `Version ${group.version}`,
          String(group.invocations.accepted),
        ]),
      );
      await page.getByText('fewer than 30 to go by').waitFor();
    },
    LIMIT_MS,
  );

  it(
    'says what to do where nothing ran',
    async () => {
      const { page } = await open('/console/analytics');
      await page.getByRole('heading', { name: 'No run began in this time' }).waitFor();
      await page.getByRole('link', { name: 'Show test runs' }).click();
      await tile(page, 'Saved by fallback').waitFor();
    },
    LIMIT_MS,
  );
});

test(
  'the latency is drawn with the timeout in it, and advice leads to the step in the wizard',
  async () => {
    const { page } = await open(`${REPORT}&view=latency`);
    const { steps } = await report('latency');
    await page.getByRole('img', { name: /How long messages of WhatsApp took\. Timeout at 2 sec/ }).waitFor();
    await page.locator('.recharts-label', { hasText: 'Timeout at 2 sec' }).first().waitFor();
    await page.getByText('The numbers as a table').first().click();
    const counted = (await cells(page, 'How long messages of WhatsApp took')).map((row) => Number(row[2]));
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(steps[0].counted);
    const wizard = page.getByRole('link', { name: 'Change the timeout in the wizard' }).first();
    expect(await wizard.getAttribute('href')).toMatch(/\/console\/flows\/flw_\w+\?part=conditions&step=whatsapp/);
  },
  LIMIT_MS,
);

test(
  'cost and failures are those of the API',
  async () => {
    const { page } = await open(`${REPORT}&view=cost`);
    const { currencies } = await report('cost');
    const euro = (micros: number) =>
      new Intl.NumberFormat('en-GB', { style: 'currency', currency: 'EUR', maximumFractionDigits: 4 }).format(
        micros / 1e6,
      );
    await page.getByRole('table', { name: 'By step' }).waitFor();
    expect((await cells(page, 'By step')).map((row) => row.slice(1, 4))).toEqual(
      currencies[0].steps.map((step: { attempted: number; costMicros: number; costTwiceMicros: number }) => [
        String(step.attempted),
        euro(step.costMicros),
        euro(step.costTwiceMicros),
      ]),
    );
    await page.getByRole('link', { name: 'Failures' }).click();
    await page.getByText('The numbers as a table').click();
    const { steps } = await report('failures');
    expect((await cells(page, 'Why messages did not reach the person')).map((row) => Number(row[2]))).toEqual(
      steps.flatMap(({ reasons }: { reasons: { count: number }[] }) => reasons.map(({ count }) => count)),
    );
    expect(await cells(page, 'Rejected invocations')).toEqual([['The variables were not as the flow has them', '1']]);
  },
  LIMIT_MS,
);

test(
  'each late message leads to its run, and the ledger is had as a file',
  async () => {
    const { page } = await open(`${REPORT}&view=late`);
    const { items } = await report('late');
    const links = page.getByRole('table', { name: 'Messages that came late or twice' }).getByRole('link');
    await links.first().waitFor();
    expect(await links.allInnerTexts()).toEqual(
      items.map(({ invocationId }: { invocationId: string }) => invocationId),
    );
    expect(await links.first().getAttribute('href')).toBe(`/console/runs/${items[0].invocationId}`);
    await page.getByText('Export with these filters').click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Late-receipt ledger as NDJSON' }).click(),
    ]);
    const text = await new Response(ReadableStream.from(await file.createReadStream())).text();
    expect(text.trim().split('\n')).toHaveLength(items.length);
    expect(await page.getByRole('link', { name: 'CSV' }).getAttribute('href')).toContain('flow=wf_otp&');
  },
  LIMIT_MS,
);

test(
  'a view is saved under a name, opened again and deleted',
  async () => {
    const { page } = await open(`${REPORT}&view=cost`);
    await page.getByRole('button', { name: 'Save this view' }).click();
    await page.getByLabel('Name').fill('Costs of OTP');
    await page.getByRole('button', { name: 'Save the view' }).click();
    await page.getByRole('link', { name: 'Latency' }).click();
    await page.getByRole('link', { name: 'Costs of OTP' }).click();
    await page.waitForURL(/view=cost/);
    await page.getByRole('button', { name: 'Remove the view “Costs of OTP”' }).click();
    await page.getByRole('button', { name: 'Remove it' }).click();
    await page.getByRole('link', { name: 'Costs of OTP' }).waitFor({ state: 'detached' });
  },
  LIMIT_MS,
);

test(
  'when the API fails the old figures stay, and trying again brings the new ones',
  async () => {
    const { page } = await open(REPORT);
    await tile(page, 'Saved by fallback').waitFor();
    const before = await tile(page, 'Saved by fallback').innerText();
    let failing = true;
    await page.route('**/v1/analytics/funnel?*', (route) =>
      failing
        ? route.fulfill({ status: 422, json: { title: 'No', detail: 'It is away.', status: 422 } })
        : route.continue(),
    );
    await page.getByLabel('Version', { exact: true }).selectOption('Version 3');
    await page.getByRole('alert').getByText('It is away.').waitFor();
    expect(await tile(page, 'Saved by fallback').innerText()).toBe(before);
    failing = false;
    await page.getByRole('button', { name: 'Try again' }).click();
    await page.getByRole('alert').waitFor({ state: 'detached' });
    const { invocations } = await report('funnel', '&version=3');
    await until(async () => (await tile(page, 'Runs').innerText()) === String(invocations.accepted), 'the new figures');
  },
  LIMIT_MS,
);

/** As the API gives it, of made-up people whose runs were recorded. */
function someAdvice(): object {
  const definition = flow([
    step('whatsapp', { timeoutSeconds: 30, successOn: 'delivered' }),
    step('sms', { timeoutSeconds: 120 }),
  ]);
  const channels = {
    whatsapp: { medianMs: 20_000, sigma: 0.4, never: 0.02 },
    sms: { medianMs: 4000, sigma: 0.9, never: 0.06 },
  };
  const sample = recordedSample(testLadder(definition), people(channels, 1000, 5));
  const { withinMs, baseline, ...rest } = finished(advise({ sample, definition, compile: testLadder, step: null }));
  return { ...rest, runs: 1000, baseline: { ...baseline, currency: 'EUR' }, withinSeconds: withinMs / 1000 };
}

test(
  'in Arabic the advice and its notes are Arabic; what a newer server says stays English, and is marked so',
  async () => {
    const { page } = await open('/console/settings', { locale: 'ar-EG' });
    let more = {};
    await page.route('**/v1/analytics/advice?*', async (route) =>
      route.fulfill({ json: { ...(await (await route.fetch()).json()), ...someAdvice(), ...more } }),
    );
    await page.goto(`${console.server.url}${REPORT}&view=advice`);
    await page
      .getByText(/من العمليات، وكل النتائج مَقيسة/)
      .first()
      .waitFor();
    await page.getByText(/قد وصلت إليهم حتى ذلك الحين/).waitFor();
    const words = await page.locator('main').locator('p, li').allInnerTexts();
    expect(words.filter((text) => /[A-Za-z]{2,} [A-Za-z]{2,}/.test(text))).toEqual([]);
    expect(await page.locator('main [lang=en]').count()).toBe(0);
    more = { sentence: 'Something new.', key: 'verdict.of_tomorrow', values: {} };
    await page.reload();
    await page.locator('main [lang=en][dir=ltr]').getByText('Something new.').waitFor();
  },
  LIMIT_MS,
);

const VIEWS = ['funnel', 'latency', 'cost', 'failures', 'late', 'advice'];
test.each([
  ['on a phone, dark', { width: 360, dark: true, locale: 'en-GB' }],
  ['in Arabic', { width: 1280, locale: 'ar-EG' }],
])(
  '%s every report fits and can be used by everybody',
  async (_, look) => {
    const { page, complaints } = await open(REPORT, look);
    for (const view of VIEWS) {
      await page.goto(`${console.server.url}${REPORT}&by=version&view=${view}`);
      await page.locator('main h2').first().waitFor();
      await page.locator('.recharts-surface:visible, table:visible').first().waitFor();
      expect({ view, tooWide: await tooWide(page) }).toEqual({ view, tooWide: 0 });
      expect({ view, found: await graveFindings(page) }).toEqual({ view, found: [] });
    }
    const turned = await page.evaluate('document.documentElement.dir');
    expect(turned).toBe(look.locale.startsWith('ar') ? 'rtl' : 'ltr');
    expect(complaints).toEqual([]);
  },
  LIMIT_MS,
);
