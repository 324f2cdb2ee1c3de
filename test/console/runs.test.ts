import type { Page } from 'playwright-core';
import { consoleUnderTest, graveFindings, tooWide } from './console-under-test';

const LIMIT_MS = 120_000;
const console = consoleUnderTest();
jest.setTimeout(LIMIT_MS);

/** Two steps: of the one flow the first gives up soon, of the other it waits for as long as a test takes. */
const flow = (workflowId: string, timeoutSeconds: number) => ({
  workflowId,
  name: `${workflowId}: WhatsApp, then SMS`,
  purpose: 'otp',
  variables: { type: 'object', required: ['code'], properties: { code: { type: 'string', maxLength: 8 } } },
  expiresAfterSeconds: 1_200,
  requireConsent: false,
  steps: [
    {
      name: 'whatsapp',
      channel: 'whatsapp',
      provider: 'twilio',
      template: 'tpl_otp_wa',
      timeoutSeconds,
      successOn: 'delivered',
    },
    {
      name: 'sms',
      channel: 'sms',
      provider: 'twilio',
      template: 'tpl_otp_sms',
      timeoutSeconds: 300,
      successOn: 'delivered',
    },
  ],
});

interface Wanted {
  workflowId?: string;
  phone?: string;
  externalId?: string;
  sandbox?: Record<string, string>;
}

/** Numbers that end in 0001 to 0006 tell the sandbox what to do. */
let people = 1_000;
/** Somebody else each time: what is learned of a number (that it blocked us) is remembered in the next run to it. */
const somebody = () => `+39335123${++people}`;

async function invoke({
  workflowId = 'wf_quick',
  phone = somebody(),
  externalId,
  sandbox,
}: Wanted = {}): Promise<string> {
  const body = { recipient: { phone, email: 'ann@example.com' }, variables: { code: '493021' }, externalId, sandbox };
  const { id } = await console.call('POST', `/v1/workflows/${workflowId}/invocations`, body, console.server.testKey);
  return id;
}

function receipt(invocationId: string, body: { step: string; status: string; reason?: string }): Promise<unknown> {
  return console.call('POST', '/v1/receipts', { invocationId, ...body });
}

/** In the page: the bar says another length than it did. */
const GROWN = `(before) => document.querySelector('[data-outcome="waiting"] [data-kind="waiting"]')?.title !== before`;

const STORY_WAIT_MS = 60_000;

/** The story once it has what is waited for. */
async function story(
  id: string,
  until: (story: { invocation: { status: string }; events: { type: string }[] }) => boolean,
) {
  const giveUpAt = Date.now() + STORY_WAIT_MS;
  for (;;) {
    const found = await console.call('GET', `/v1/invocations/${id}/story`);
    if (until(found)) return found;
    if (Date.now() > giveUpAt) throw new Error(`what is waited for never came: ${JSON.stringify(found)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

beforeAll(async () => {
  for (const one of [flow('wf_quick', 2), flow('wf_patient', 300)]) {
    await console.call('POST', '/v1/flows', one);
    await console.call('POST', `/v1/flows/${one.workflowId}/publish`, {});
  }
}, LIMIT_MS);

const rows = (page: Page) => page.getByRole('region', { name: 'Runs' }).getByRole('listitem');

describe('the page of a run', () => {
  it('shows a fallback as it happens, without a reload', async () => {
    const id = await invoke({ workflowId: 'wf_patient', sandbox: { whatsapp: 'silent', sms: 'silent' } });
    const { page, complaints } = await console.open(`/console/runs/${id}`);
    const steps = page.getByRole('listitem').filter({ has: page.getByRole('heading', { level: 3 }) });
    await steps.nth(0).getByText('Under way').waitFor();
    await page.getByRole('main').getByText('Live', { exact: true }).waitFor();
    // The bar of what is under way grows with the clock.
    const bar = page.locator('[data-outcome="waiting"] [data-kind="waiting"]').first();
    const before = await bar.getAttribute('title');
    await page.waitForFunction(GROWN, before);
    await receipt(id, { step: 'whatsapp', status: 'undelivered', reason: 'unreachable' });
    await steps
      .nth(0)
      .getByText(/undelivered: unreachable, so the ladder went on to “sms”/)
      .waitFor();
    await steps.nth(1).getByText('Under way').waitFor();
    await receipt(id, { step: 'sms', status: 'delivered' });
    await steps.nth(1).getByText('Reached the person').waitFor();
    await page
      .getByText(/^Succeeded at .*SMS reached the person/)
      .first()
      .waitFor();
    // Each change was told to those who hear the page.
    await page
      .getByRole('status')
      .getByText(/^sms: Accepted by the provider/)
      .waitFor();
    expect(complaints).toEqual([]);
  });

  it('shows a receipt that came late as a ghost beyond the deadline, and says who was reached twice', async () => {
    const id = await invoke({ sandbox: { whatsapp: 'delivered@4s', sms: 'delivered@500ms' } });
    await story(id, ({ events }) => events.some(({ type }) => type === 'DuplicateDetected'));
    const { page } = await console.open(`/console/runs/${id}`);
    const ghost = page.locator('[data-kind="ghost"][title]');
    const deadline = page.locator('[data-sign="deadline"][title]').first();
    await ghost.waitFor();
    const [ghostBox, deadlineBox] = await Promise.all([ghost.boundingBox(), deadline.boundingBox()]);
    expect(ghostBox?.x).toBeGreaterThanOrEqual((deadlineBox?.x ?? 0) - 3);
    await page.getByText(/a receipt came late at .*: delivered, the person was reached twice/).waitFor();
    await page.getByText('Came late').first().waitFor();
  });

  it('has the raw receipts one click away', async () => {
    const id = await invoke();
    await story(id, ({ invocation }) => invocation.status === 'succeeded');
    const { page } = await console.open(`/console/runs/${id}`);
    await page.getByText('Raw receipt').first().click();
    await page.getByRole('region', { name: 'Raw receipt' }).getByText('"status": "delivered"').waitFor();
  });

  it('cancels after asking, and completes', async () => {
    const [first, second] = await Promise.all([
      invoke({ workflowId: 'wf_patient', sandbox: { whatsapp: 'silent' } }),
      invoke({ workflowId: 'wf_patient', sandbox: { whatsapp: 'silent' } }),
    ]);
    const { page } = await console.open(`/console/runs/${first}`);
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    const asked = page.getByRole('dialog', { name: 'Cancel this run?' });
    await asked.getByRole('button', { name: 'Close' }).click();
    expect((await console.call('GET', `/v1/invocations/${first}`)).status).toBe('running');
    await page.getByRole('button', { name: 'Cancel the run' }).click();
    await asked.getByRole('button', { name: 'Cancel the run' }).click();
    await page
      .getByText(/^Cancelled at/)
      .first()
      .waitFor();
    expect((await console.call('GET', `/v1/invocations/${first}`)).status).toBe('cancelled');

    await page.goto(`${console.server.url}/console/runs/${second}`);
    await page.getByRole('button', { name: 'Complete the run' }).click();
    await page.getByRole('button', { name: 'End it as succeeded' }).click();
    await page
      .getByText(/^Succeeded at/)
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Complete the run' }).waitFor({ state: 'detached' });
  });

  it('opens in the simulator with what happened, and copies a curl that can be sent', async () => {
    const phone = somebody();
    const id = await invoke({
      phone,
      externalId: "Ann's order",
      sandbox: { whatsapp: 'reject:blocked', sms: 'delivered@1s' },
    });
    await story(id, ({ invocation }) => invocation.status === 'succeeded');
    const { page } = await console.open(`/console/runs/${id}`);
    const link = await page.getByRole('link', { name: /Open in simulator/ }).getAttribute('href');
    const { pathname, searchParams } = new URL(link ?? '', console.server.url);
    expect(pathname).toBe('/console/flows/wf_quick/simulate');
    expect(searchParams.get('outcomes')).toMatch(/^whatsapp:reject:blocked;sms:.*delivered@\d+m?s$/);
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    const curl = (await page.evaluate('navigator.clipboard.readText()')) as string;
    expect(curl).toContain(phone);
    expect(curl).not.toContain('493021');
  });

  it('says that there is no such run', async () => {
    const { page } = await console.open('/console/runs/inv_01M8CQ3P57ZH92NXQ69EPCPTGC');
    await page
      .getByRole('alert')
      .getByText(/is not known here/)
      .waitFor();
  });
});

describe('an analyst', () => {
  it('sees what happened, and neither whom it reached nor what would act on it, and is told so', async () => {
    const phone = somebody();
    const ended = await invoke({ phone, externalId: `call ${phone}` });
    const running = await invoke({ workflowId: 'wf_patient', phone, sandbox: { whatsapp: 'silent' } });
    await story(ended, ({ invocation }) => invocation.status === 'succeeded');
    const { page, complaints } = await console.openAs('analyst', `/console/runs/${ended}`);
    await page
      .getByText(/^Succeeded at/)
      .first()
      .waitFor();
    await page.getByText('Not shown to your role').waitFor();
    await page.getByText('Raw receipt').first().click();
    await page.getByText(/your role may not see it/).waitFor();
    await page.goto(`${console.server.url}/console/runs/${running}`);
    await page.getByText('Under way').first().waitFor();
    await page.getByText('Your role does not cancel or complete runs').waitFor();
    expect(await page.getByRole('main').getByRole('button').count()).toBe(0);
    await page.goto(`${console.server.url}/console/runs?mode=test`);
    await rows(page).filter({ hasText: 'call +39' }).first().waitFor();
    // In none of it does the number stand, be it in sight or not.
    for (const path of [`/console/runs/${ended}`, `/console/runs/${running}`, '/console/runs?mode=test']) {
      await page.goto(console.server.url + path);
      await rows(page)
        .or(page.getByRole('heading', { name: 'Step by step' }))
        .first()
        .waitFor();
      expect(await page.content()).not.toContain(phone.slice(4));
    }
    expect(complaints).toEqual([]);
  });
});

describe('the list of runs', () => {
  it('finds a run by each thing that one may have of it', async () => {
    const id = await invoke({ phone: '+393359990001', externalId: 'order-sought' });
    const { invocation } = await story(id, ({ invocation: { status } }) => status === 'succeeded');
    const { page } = await console.open('/console/runs?mode=test');
    for (const [text, taken] of [
      ['+39 335 999 0001', 'Phone number'],
      ['ann@example.com', 'Email address'],
      ['order-sought', 'External ID'],
      [invocation.attempts[0].providerMessageId, 'Provider message ID'],
    ]) {
      await page.getByRole('searchbox', { name: 'Find a run' }).fill(text);
      await page.getByText(`Taken for: ${taken}`).waitFor();
      await page.keyboard.press('Enter');
      await page.waitForURL(/recipient=|externalId=|providerMessageId=/);
      await rows(page).getByRole('link').filter({ hasText: 'order-sought' }).waitFor();
    }
    await page.getByRole('searchbox', { name: 'Find a run' }).fill(id);
    await page.getByText('Taken for: Run ID').waitFor();
    await page.keyboard.press('Enter');
    await page.waitForURL(`**/console/runs/${id}`);
    await page.getByRole('heading', { level: 1, name: 'Run' }).waitFor();
  });

  it('keeps every filter in the address, so that a link shows the same', async () => {
    await invoke({ externalId: 'order-failed', sandbox: { whatsapp: 'reject:blocked', sms: 'reject:blocked' } });
    const { page } = await console.open('/console/runs?mode=test&flow=wf_quick&status=failed&reason=blocked');
    await rows(page).filter({ hasText: 'order-failed' }).waitFor();
    await page.getByLabel('Status').selectOption('Succeeded');
    await page.waitForURL(/status=succeeded/);
    await page.getByText('No run matches').waitFor();
    await page.goBack();
    await rows(page).filter({ hasText: 'order-failed' }).waitFor();
    await page.getByRole('button', { name: 'Export' }).click();
    const href = await page.getByRole('link', { name: 'CSV' }).getAttribute('href');
    expect(href).toBe('/v1/exports/invocations?format=csv&mode=test&flow=wf_quick&status=failed&reason=blocked');
  });

  it('tells how many are new, and moves only when it is asked to', async () => {
    await invoke({ externalId: 'order-before' });
    const { page } = await console.open('/console/runs?mode=test');
    await rows(page).first().waitFor();
    const first = await rows(page).first().textContent();
    await invoke({ externalId: 'order-new' });
    const button = page.getByRole('button', { name: /1 new: show it/ });
    await button.waitFor();
    expect((await rows(page).first().textContent())?.slice(0, 20)).toBe(first?.slice(0, 20));
    await button.click();
    await rows(page).first().filter({ hasText: 'order-new' }).waitFor();
  });

  it('scrolls through 100,000 runs with few of them in the page', async () => {
    const { page } = await console.open('/healthz');
    await page.addInitScript(ANSWER_MANY);
    await page.goto(`${console.server.url}/console/runs?mode=test`);
    await rows(page).first().waitFor();
    const figures = (await page.evaluate(SCROLL)) as Figures;
    process.stdout.write(`100,000 runs: ${JSON.stringify(figures)}\n`);
    expect(figures.rows).toBe(MANY);
    // What is drawn does not grow with what is there.
    expect(figures.mostDrawn).toBeLessThan(80);
    // After every jump there was a row in sight, and not an empty place.
    expect(figures.emptyFrames).toBe(0);
  });
});

const MANY = 100_000;
/** More than the API gives at once, so that the test need not wait for five hundred answers. */
const GIVEN = 5_000;

/** In the page, before anything of it runs: the list is answered there, as the API would, a page at a time. */
const ANSWER_MANY = `{
  const run = (number) => ({
    id: 'inv_' + String(number).padStart(26, '0'), workflowId: 'wf_quick', flowVersion: 1, mode: 'test',
    status: number % 7 === 0 ? 'failed' : 'succeeded', externalId: 'order-' + number, metadata: null,
    createdAt: new Date(Date.UTC(2026, 10, 21) - number * 1000).toISOString(), endedAt: null, reachedChannel: 'sms',
    reachedStep: 'sms', duplicate: false, costMicros: 35500, costTwiceMicros: 0, currency: 'EUR', attempts: [], links: {},
  });
  const ask = window.fetch;
  window.fetch = async (request, init) => {
    const { pathname, searchParams } = new URL(request.url ?? request, location.origin);
    if (pathname !== '/v1/invocations') return ask(request, init);
    const from = Number(searchParams.get('cursor') ?? 0);
    const limit = Number(searchParams.get('limit'));
    const to = Math.min(from + (limit === 200 ? ${GIVEN} : limit), ${MANY});
    const items = Array.from({ length: to - from }, (_, at) => run(from + at));
    return Response.json({ items, nextCursor: to < ${MANY} ? String(to) : null });
  };
}`;

interface Figures {
  rows: number;
  mostDrawn: number;
  emptyFrames: number;
  frames: number;
  medianFrameMs: number;
  p95FrameMs: number;
}

/** In the page: to the end until all are there, then through all of it, looking at what is drawn after each frame. */
const SCROLL = `(async () => {
  const list = document.querySelector('section[aria-label="Runs"]');
  const frame = () => new Promise((resolve) => requestAnimationFrame(() => resolve()));
  const drawn = () => list.querySelectorAll('li');
  const count = () => Number(drawn()[0]?.getAttribute('aria-setsize') ?? 0);
  let mostDrawn = 0;
  while (count() < ${MANY}) {
    list.scrollTop = list.scrollHeight;
    await frame();
    mostDrawn = Math.max(mostDrawn, drawn().length);
  }
  list.scrollTop = 0;
  await frame();
  await frame();
  const times = [];
  let emptyFrames = 0;
  const step = list.scrollHeight / 100;
  for (let at = 0; at < 100; at += 1) {
    const began = performance.now();
    list.scrollTop = at * step;
    await frame();
    await frame();
    times.push((performance.now() - began) / 2);
    mostDrawn = Math.max(mostDrawn, drawn().length);
    const box = list.getBoundingClientRect();
    const middle = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
    if (!middle?.closest('li')) emptyFrames += 1;
  }
  times.sort((a, b) => a - b);
  return { rows: count(), mostDrawn, emptyFrames, frames: times.length,
    medianFrameMs: Math.round(times[50]), p95FrameMs: Math.round(times[95]) };
})()`;

describe('for everybody', () => {
  let id: string;
  beforeAll(async () => {
    id = await invoke({ sandbox: { whatsapp: 'delivered@4s', sms: 'delivered@500ms' } });
    await story(id, ({ events }) => events.some(({ type }) => type === 'DuplicateDetected'));
  });
  const paths = () => ['/console/runs?mode=test', `/console/runs/${id}`];

  it.each([
    ['light', { dark: false }],
    ['dark', { dark: true }],
  ])('axe finds nothing grave in the %s', async (_name, look) => {
    for (const path of paths()) {
      const { page } = await console.open(path, look);
      await (path.includes(id) ? page.locator('[data-kind="ghost"][title]') : rows(page).first()).waitFor();
      expect(await graveFindings(page)).toEqual([]);
    }
  });

  it('nothing has to be scrolled sideways at 360 pixels', async () => {
    for (const path of paths()) {
      const { page } = await console.open(path, { width: 360 });
      await (path.includes(id) ? page.locator('[data-kind="ghost"][title]') : rows(page).first()).waitFor();
      expect(await tooWide(page)).toBe(0);
    }
  });

  it('in Arabic it is mirrored, time runs from right to left, and no English sentence is left', async () => {
    const { page } = await console.open(`/console/runs/${id}`, { locale: 'ar-EG' });
    await page.getByRole('heading', { level: 2, name: 'الخط الزمني' }).waitFor();
    const [sending, ghost] = await Promise.all([
      page.locator('[data-kind="sending"][title]').first().boundingBox(),
      page.locator('[data-kind="ghost"][title]').boundingBox(),
    ]);
    expect(sending?.x).toBeGreaterThan(ghost?.x ?? 0);
    await page.getByText(/وصل إيصال متأخرًا/).waitFor();
    expect(await page.getByText(/accepted|deadline|reached/i).count()).toBe(0);
  });

  it('times are in the zone of who looks', async () => {
    const { invocation } = await console.call('GET', `/v1/invocations/${id}/story`);
    const { page } = await console.open(`/console/runs/${id}`, { timezone: 'Asia/Tokyo' });
    const there = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium', timeZone: 'Asia/Tokyo' });
    await page.getByText(`sent ${there.format(new Date(invocation.attempts[0].requestedAt))}`).waitFor();
  });
});

describe('where the server is slow, fails or is gone', () => {
  it('the list says so, keeps what it has, and goes on by itself', async () => {
    await invoke();
    const { page } = await console.open('/console/runs?mode=test');
    await rows(page).first().waitFor();
    await page.route('**/v1/**', (route) => route.abort());
    await page.getByText(/The server does not answer\. What you see may be old/).waitFor();
    await rows(page).first().waitFor();
    await page.unroute('**/v1/**');
    await page
      .getByText(/The server does not answer/)
      .first()
      .waitFor({ state: 'detached' });
    await rows(page).first().waitFor();
  });

  it('a list that could not be had is had as soon as it can be', async () => {
    const { page } = await console.open('/healthz');
    await page.route(/\/v1\/invocations\?/, (route) =>
      route.fulfill({ status: 503, json: { title: 'Unavailable', detail: 'The store is away.', status: 503 } }),
    );
    await page.goto(`${console.server.url}/console/runs?mode=test`);
    await page
      .getByRole('alert')
      .getByText(/The store is away/)
      .waitFor();
    await page.unroute(/\/v1\/invocations\?/);
    await rows(page).first().waitFor();
    await page.getByRole('alert').waitFor({ state: 'detached' });
  });

  it('the page of a run says so, keeps the story, and is live again', async () => {
    const id = await invoke({ workflowId: 'wf_patient', sandbox: { whatsapp: 'silent' } });
    const { page } = await console.open(`/console/runs/${id}`);
    await page.getByText('Under way').first().waitFor();
    await console.restart(async () => {
      await page
        .getByText(/The server does not answer/)
        .first()
        .waitFor();
      await page.getByRole('heading', { level: 2, name: 'Timeline' }).waitFor();
    });
    await page
      .getByText(/The server does not answer/)
      .first()
      .waitFor({ state: 'detached' });
    await receipt(id, { step: 'whatsapp', status: 'delivered' });
    await page
      .getByText(/^Succeeded at/)
      .first()
      .waitFor();
  });
});
