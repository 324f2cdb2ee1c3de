import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { consoleUnderTest, graveFindings, tooWide } from './console-under-test';

const LIMIT_MS = 120_000;
const run = promisify(execFile);

const console = consoleUnderTest();
let count = 0;

const STEPS = [
  { name: 'whatsapp', channel: 'whatsapp', template: 'tpl_otp_wa', timeoutSeconds: 30 },
  { name: 'sms', channel: 'sms', template: 'tpl_otp_sms', timeoutSeconds: 120 },
];

function definition(more: object = {}) {
  const code = { type: 'string', maxLength: 8 };
  const variables = { type: 'object', required: ['code'], additionalProperties: false, properties: { code } };
  return { name: `Code ${++count}`, purpose: 'otp', variables, steps: STEPS, ...more };
}

interface Made {
  id: string;
  workflowId: string;
  name: string;
  draft: object;
}

const make = (more?: object): Promise<Made> => console.call('POST', '/v1/flows', definition(more));
const publish = ({ id }: Made) => console.call('POST', `/v1/flows/${id}/publish`, {});

/** Another draft of the same flow. */
async function redraft(flow: Made, more: object): Promise<void> {
  const saved = await fetch(`${console.server.url}/v1/flows/${flow.id}/draft`, {
    method: 'PUT',
    headers: { ...keyed(), 'content-type': 'application/json', 'if-match': '*' },
    body: JSON.stringify({ ...flow.draft, ...more }),
  });
  expect(saved.status).toBe(200);
}

const keyed = () => ({ 'api-key': console.server.ownerKey });

async function copied(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await page.getByRole('button', { name: 'Copied', exact: true }).waitFor();
  return (await page.evaluate('navigator.clipboard.readText()')) as string;
}

const pasted = {
  get env() {
    return { ...process.env, ONWARD_TEST_KEY: console.server.testKey };
  },
};

/** The run that what was pasted began, when it is over. */
const ended = async (id: string, key = console.server.testKey) => {
  const response = await fetch(`${console.server.url}/v1/invocations/${id}`, {
    headers: { 'api-key': key, prefer: 'wait=20' },
  });
  return response.json();
};

describe('the review', () => {
  it(
    'publishes what it shows, and gives requests that work as they are pasted',
    async () => {
      const flow = await make();
      const { page, complaints } = await console.open(`/console/flows/${flow.id}?part=review`);
      const ladder = page.getByRole('list', { name: 'The ladder' }).first();
      await ladder.getByText('On failure, or after 30 secs: on to').waitFor();
      await ladder.getByText('2 mins for “Delivered”').waitFor();
      await page.getByText('Nothing is published yet: this becomes the first version.').waitFor();
      await page.getByText('€0.071').first().waitFor();
      await page.getByRole('button', { name: 'Publish', exact: true }).click();
      await page.getByText('Version 1 is published.').waitFor();
      expect((await console.call('GET', `/v1/flows/${flow.id}`)).publishedVersion).toBe(1);

      await page.getByRole('region', { name: 'Request in curl' }).waitFor();
      const curl = await run('bash', ['-c', `${await copied(page)} --silent --show-error`], pasted);
      const begun = JSON.parse(curl.stdout);
      expect(begun).toMatchObject({ workflowId: flow.workflowId, flowVersion: 1, status: 'running' });
      expect(await ended(begun.id)).toMatchObject({ status: 'succeeded', mode: 'test', reachedStep: 'whatsapp' });

      await page.getByRole('button', { name: 'TypeScript' }).click();
      const script = await copied(page);
      const node = await run(process.execPath, ['--input-type=module', '--eval', script], pasted);
      const id = /^inv_\w+/.exec(node.stdout)?.[0] ?? '';
      expect(await ended(id)).toMatchObject({ status: 'succeeded', workflowId: flow.workflowId });
      expect(complaints).toEqual([]);
    },
    LIMIT_MS,
  );

  it(
    'says what will change against what is published, and what blocks publishing',
    async () => {
      const flow = await make();
      await publish(flow);
      const steps = [
        { ...STEPS[0], timeoutSeconds: 45 },
        { ...STEPS[1], template: 'tpl_of_nobody' },
      ];
      await redraft(flow, { steps });
      const { page } = await console.open(`/console/flows/${flow.id}?part=review`);
      const changed = page.getByRole('row', { name: /^Timeout 30 secs 45 secs$/ });
      await changed.waitFor();
      await page.getByText('1 error, which blocks publishing.').waitFor();
      await page.getByText('Mend the errors that the linter names first.').waitFor();
      expect(await page.getByRole('button', { name: 'Publish', exact: true }).isDisabled()).toBe(true);
    },
    LIMIT_MS,
  );

  it(
    'tries the published version in the sandbox with the outcomes that were chosen, and leads to the run',
    async () => {
      const flow = await make();
      await publish(flow);
      const { page } = await console.open(`/console/flows/${flow.id}?part=review`);
      await page.getByRole('combobox', { name: 'What ⁨whatsapp⁩ does' }).selectOption('rejected');
      await page.getByRole('button', { name: 'Try it in the sandbox' }).click();
      await page.waitForURL(/\/console\/runs\/inv_\w+\?mode=test$/);
      const id = /inv_\w+/.exec(page.url())?.[0] ?? '';
      // Begun by a person: an invoker's key sees its own alone.
      const run = await ended(id, console.server.ownerKey);
      expect(run).toMatchObject({ mode: 'test', status: 'succeeded', reachedStep: 'sms' });
    },
    LIMIT_MS,
  );
});

describe('the simulator', () => {
  it(
    'plays a fallback, stops at each moment, and is shared by its address',
    async () => {
      const flow = await make();
      const { page } = await console.open(`/console/flows/${flow.id}/simulate`);
      await page.getByRole('button', { name: 'The first stays silent' }).click();
      await page.waitForURL(/outcomes=whatsapp%3Asilent/);
      await page.getByText('“⁨sms⁩” has succeeded.').waitFor();
      const figures = page.getByRole('region', { name: 'The simulation' });
      await figures.getByText('€0.071', { exact: true }).waitFor();

      const clock = page.getByRole('slider', { name: 'Virtual clock' });
      await clock.focus();
      await page.keyboard.press('Home');
      await page.getByText('0 ms after the start', { exact: true }).waitFor();
      const ladder = page.getByRole('list', { name: 'The ladder' });
      await ladder.getByText('30 secs left').waitFor();
      await ladder.getByText('Not begun').waitFor();
      await page.getByRole('button', { name: 'Step on' }).click();
      await page.getByText('30 secs after the start', { exact: true }).waitFor();
      await ladder.getByText('No receipt in time').waitFor();
      await figures.getByText('Running').waitFor();

      await page.getByRole('combobox', { name: 'Speed' }).selectOption('4');
      await page.getByRole('button', { name: 'Play', exact: true }).click();
      await page.getByRole('button', { name: 'Play again' }).waitFor();
      await ladder.getByText('The person was reached').waitFor();

      const shared = await console.open(page.url().slice(console.server.url.length));
      const choice = shared.page.getByRole('combobox', { name: 'What ⁨whatsapp⁩ does' });
      await choice.waitFor();
      expect(await choice.inputValue()).toBe('silent');
      await shared.page.getByText('“⁨sms⁩” has succeeded.').waitFor();
    },
    LIMIT_MS,
  );

  it(
    'plays any script, keeps one that does not parse beside what is wrong with it, and counts who was reached twice',
    async () => {
      const flow = await make();
      await publish(flow);
      const { page } = await console.open(`/console/flows/${flow.id}/simulate?version=1`);
      await page.getByRole('combobox', { name: 'What ⁨whatsapp⁩ does' }).selectOption('script');
      const script = page.getByRole('textbox', { name: 'Script of ⁨whatsapp⁩' });
      await script.fill('delivered@');
      await page.getByText('“delivered@” is not a script item.').waitFor();
      await script.fill('delivered@32s');
      await page.getByText(/The person was reached twice; the second message, “⁨whatsapp⁩”, cost €0.0355/).waitFor();
      expect(await script.inputValue()).toBe('delivered@32s');
      await page.waitForURL(/outcomes=whatsapp%3Adelivered%4032s/);
    },
    LIMIT_MS,
  );
});

describe('the versions', () => {
  it(
    'shows what runs on which, what differs, and brings an older one back',
    async () => {
      const flow = await make();
      await publish(flow);
      // Somebody else than above, whose number may be suppressed by now.
      const body = { recipient: { phone: '+393357654321' }, variables: { code: '1' }, sandbox: { whatsapp: 'silent' } };
      await console.call('POST', `/v1/workflows/${flow.workflowId}/invocations`, body, console.server.testKey);
      await redraft(flow, { steps: [{ ...STEPS[0], timeoutSeconds: 45 }, STEPS[1]], expiresAfterSeconds: 900 });
      await publish(flow);

      const { page } = await console.open(`/console/flows/${flow.id}/versions?from=1&to=2`);
      await page.getByRole('row', { name: /Version 1 .*0 live 1 test/ }).waitFor();
      await page.getByRole('row', { name: /^Version 2 Published/ }).waitFor();
      await page.getByRole('row', { name: /^Timeout 30 secs 45 secs$/ }).waitFor();
      await page.getByRole('row', { name: /^Time to live nothing 15 mins$/ }).waitFor();

      await page.getByRole('button', { name: 'Roll back to version 1' }).click();
      const dialog = page.getByRole('dialog', { name: 'Roll back to version 1' });
      await dialog.getByText('published again, as version 3').waitFor();
      await dialog.getByRole('button', { name: 'Roll back to version 1' }).click();
      await page.getByRole('row', { name: /^Version 3 Published brought version 1 back/ }).waitFor();
      expect(await console.call('GET', `/v1/flows/${flow.id}`)).toMatchObject({ publishedVersion: 3 });

      await page.getByRole('button', { name: 'Unpublish' }).click();
      await page.getByRole('dialog', { name: 'Unpublish' }).getByRole('button', { name: 'Unpublish' }).click();
      await page.getByText('The flow is unpublished.').waitFor();
      expect(await console.call('GET', `/v1/flows/${flow.id}`)).toMatchObject({ publishedVersion: null });
    },
    LIMIT_MS,
  );
});

describe('the list', () => {
  it(
    'finds a flow by its name and leads on',
    async () => {
      const flow = await make({ name: 'A flow that is looked for' });
      const { page } = await console.open('/console/flows');
      await page.getByRole('searchbox', { name: 'Search by name or ID' }).fill('LOOKED for');
      await page.getByText('1 flow', { exact: true }).waitFor();
      const row = page.getByRole('row', { name: /A flow that is looked for/ });
      await row.getByText('Draft only').waitFor();
      expect(page.url()).toContain('name=LOOKED+for');
      await row.getByRole('link', { name: 'Versions: A flow that is looked for' }).click();
      await page.getByText('Nothing was published yet.').waitFor();
      expect(new URL(page.url()).pathname).toBe(`/console/flows/${flow.id}/versions`);
    },
    LIMIT_MS,
  );

  it(
    'offers nothing that the role may not do, and says why',
    async () => {
      const flow = await make();
      await publish(flow);
      await redraft(flow, { expiresAfterSeconds: 900 });
      await publish(flow);
      const { page } = await console.open('/healthz');
      await page.route('**/v1/session', async (route) => {
        const session = await (await route.fetch()).json();
        await route.fulfill({
          json: { ...session, rights: { ...session.rights, flows: 'VIEW', invoke: 'NO ACCESS' } },
        });
      });
      for (const [path, missing] of [
        ['/console/flows', 'New flow'],
        [`/console/flows/${flow.id}/versions`, /Roll back|Unpublish/],
      ] as const) {
        await page.goto(console.server.url + path);
        await page.getByText('Your role may look at flows and not change them.').waitFor();
        await page.getByRole('table').first().waitFor();
        expect(await page.getByRole('button', { name: missing }).count()).toBe(0);
        expect(await page.getByRole('link', { name: missing }).count()).toBe(0);
      }
    },
    LIMIT_MS,
  );
});

describe.each([
  { words: 'in English, wide and light', look: {} },
  { words: 'in Arabic, 360 px wide and dark', look: { width: 360, dark: true, locale: 'ar-EG' } },
])('$words', ({ look }) => {
  it(
    'every page can be used by everybody, and needs no sideways scrolling',
    async () => {
      const { id } = await console.call('GET', '/v1/flows/wf_alert');
      const outcomes = encodeURIComponent('push:silent;sms:delivered@130s');
      const paths = [
        '/console/flows',
        `/console/flows/${id}?part=review`,
        `/console/flows/${id}/simulate?version=1&outcomes=${outcomes}`,
        `/console/flows/${id}/versions?from=1&to=draft`,
      ];
      const { page, complaints } = await console.open('/console', look);
      for (const path of paths) {
        await page.goto(console.server.url + path);
        await page.getByRole('heading', { level: 1 }).waitFor();
        await page.waitForLoadState('networkidle');
        expect({ path, findings: await graveFindings(page), tooWide: await tooWide(page) }).toEqual({
          path,
          findings: [],
          tooWide: 0,
        });
      }
      expect(complaints).toEqual([]);
    },
    LIMIT_MS,
  );
});
