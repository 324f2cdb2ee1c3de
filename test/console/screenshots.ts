import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { consoleUnderTest } from './console-under-test';

/** `npm run screenshots`: every page of the console, light and dark, wide and narrow, with made-up runs in it. */
const FOLDER = join(__dirname, '..', '..', 'docs', 'screenshots');
const RUNS = 160;
const LIMIT_MS = 600_000;
const SCRIPTS = [
  { whatsapp: 'delivered@300ms, read@700ms' },
  { whatsapp: 'delivered@900ms' },
  { whatsapp: 'undelivered:unreachable@200ms', sms: 'delivered@400ms' },
  { whatsapp: 'reject:not_on_channel', sms: 'delivered@500ms' },
  { whatsapp: 'delivered@2400ms', sms: 'delivered@300ms' },
  { whatsapp: 'silent', sms: 'delivered@600ms' },
  { whatsapp: 'delivered@1500ms' },
  { whatsapp: 'reject:not_on_channel', sms: 'undelivered:blocked@300ms' },
];
const LOOKS = [
  { name: 'light', dark: false, width: 1280 },
  { name: 'dark', dark: true, width: 1280 },
  { name: 'light-narrow', dark: false, width: 360 },
  { name: 'dark-narrow', dark: true, width: 360 },
];

const ui = consoleUnderTest();

test(
  'every page',
  async () => {
    const { flowId, runId } = await makeRuns();
    const pages: Record<string, string> = {
      home: '/console?mode=test',
      flows: '/console/flows',
      'flow-channels': `/console/flows/${flowId}?part=channels`,
      'flow-conditions': `/console/flows/${flowId}?part=conditions`,
      'flow-review': `/console/flows/${flowId}?part=review`,
      'flow-simulate': `/console/flows/${flowId}/simulate?outcomes=${encodeURIComponent('whatsapp:silent;sms:delivered@2s')}`,
      'flow-versions': `/console/flows/${flowId}/versions`,
      runs: '/console/runs?mode=test',
      run: `/console/runs/${runId}?mode=test`,
      analytics: `/console/analytics?flow=${flowId}&mode=test`,
      'analytics-latency': `/console/analytics?flow=${flowId}&mode=test&view=latency`,
      live: '/console/live?mode=test',
      templates: '/console/settings/templates',
      people: '/console/settings/people',
      audit: '/console/settings/audit',
    };
    mkdirSync(FOLDER, { recursive: true });
    for (const look of LOOKS) {
      const { page, context } = await ui.open('/healthz', { ...look, height: 800 });
      for (const [name, path] of Object.entries(pages)) {
        await page.goto(ui.server.url + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await settled(page);
        await page.screenshot({ path: join(FOLDER, `${name}-${look.name}.png`), animations: 'disabled' });
      }
      await context.close();
    }
    const { page } = await ui.open(`/console/runs/${runId}?mode=test`, { locale: 'ar-EG' });
    await settled(page);
    await page.screenshot({ path: join(FOLDER, 'run-arabic.png'), animations: 'disabled' });
    const outside = await ui.openOutside('/console');
    await settled(outside.page);
    await outside.page.screenshot({ path: join(FOLDER, 'sign-in-light.png') });
  },
  LIMIT_MS,
);

/** Nothing is on its way any more: pages that look every few seconds never come to rest by the network alone. */
async function settled(page: Page): Promise<void> {
  for (const one of await page.getByText('Loading …').all()) await one.waitFor({ state: 'detached' }).catch(() => {});
  await page.waitForTimeout(700);
}

/** Of a flow whose first step waits for 2 s, so that each way it can go is there at once. */
async function makeRuns(): Promise<{ flowId: string; runId: string }> {
  const code = { type: 'string', maxLength: 8, examples: ['493021'] };
  const flow = await ui.call('POST', '/v1/flows', {
    workflowId: 'wf_login',
    name: 'Login code',
    purpose: 'otp',
    variables: { type: 'object', required: ['code'], properties: { code } },
    steps: [
      { name: 'whatsapp', channel: 'whatsapp', template: 'tpl_otp_wa', timeoutSeconds: 3, successOn: 'delivered' },
      { name: 'sms', channel: 'sms', template: 'tpl_otp_sms', timeoutSeconds: 5, successOn: 'delivered' },
    ],
  });
  await ui.call('POST', `/v1/flows/${flow.id}/publish`, {});
  const draft = await fetch(`${ui.server.url}/v1/flows/${flow.id}/draft`, {
    method: 'PUT',
    headers: { 'api-key': ui.server.ownerKey, 'content-type': 'application/json', 'if-match': '*' },
    body: JSON.stringify({
      ...flow.draft,
      steps: [{ ...flow.draft.steps[0], timeoutSeconds: 2 }, flow.draft.steps[1]],
    }),
  });
  expect(draft.status).toBe(200);
  await ui.call('POST', `/v1/flows/${flow.id}/publish`, {});
  await ui.call('POST', '/v1/people', { email: 'bea@example.com', name: 'Bea Bianchi', role: 'analyst' });
  let runId = '';
  for (let n = 0; n < RUNS; n++) {
    const sandbox = SCRIPTS[n % SCRIPTS.length];
    const phone = `+39335${String(1_000_000 + n * 7_919).slice(-7)}`;
    const body = { recipient: { phone }, variables: { code: String(100_000 + n) }, externalId: `order-${n}`, sandbox };
    const { id } = await ui.call('POST', '/v1/workflows/wf_login/invocations', body, ui.server.testKey);
    if (sandbox?.whatsapp === 'delivered@2400ms') runId = id;
  }
  const started = Date.now();
  while ((await ui.call('GET', '/v1/invocations?mode=test&status=running')).items.length > 0) {
    if (Date.now() - started > 60_000) throw new Error('the runs do not end');
  }
  return { flowId: flow.id, runId };
}
