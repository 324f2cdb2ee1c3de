import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Locator, Page } from 'playwright-core';
import { consoleUnderTest } from './console-under-test';

const LIMIT_MS = 180_000;
const run = promisify(execFile);
const ui = consoleUnderTest();

const part = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Parts of the flow' }).getByRole('link', { name });

beforeAll(async () => {
  for (const [id, channel, content] of [
    ['tpl_s_push', 'push', { title: 'Your code', text: 'It is {{code}}.' }],
    ['tpl_s_sms', 'sms', { text: 'Your code is {{code}}.' }],
    ['tpl_s_email', 'email', { subject: 'Your code', text: 'It is {{code}}.' }],
  ] as const) {
    await ui.call('POST', '/v1/templates', { id, name: `Code by ${channel}`, channel, content });
    const plain = Object.fromEntries(Object.keys(content).map((field) => [field, 'Your table is ready.']));
    await ui.call('POST', '/v1/templates', { id: `${id}_plain`, name: `Table by ${channel}`, channel, content: plain });
  }
});

test(
  'a flow of three steps is built, published, invoked by the copied curl, watched as it falls back, and counted',
  async () => {
    const { page, complaints } = await ui.open('/console/flows/new');
    await page.getByText('Push, then SMS, then email').click();
    await page.getByLabel('Name').fill('Sign-in code');
    await page.getByRole('button', { name: 'Make the flow' }).click();
    await page.getByRole('heading', { level: 1, name: 'Sign-in code' }).waitFor();
    await page.getByRole('button', { name: 'Add a variable' }).click();
    await page.getByLabel('Name of the variable').fill('code');
    await page.keyboard.press('Tab');
    await page.getByLabel('Example of code').fill('493021');
    await part(page, 'Channels').click();
    for (const [place, channel] of ['push', 'sms', 'email'].entries()) {
      await page.getByLabel('Template').nth(place).selectOption(`tpl_s_${channel}`);
    }
    await part(page, 'Conditions').click();
    await page
      .getByLabel(/Wait for success/)
      .first()
      .fill('2');
    await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
    await part(page, 'Review').click();
    await page.getByRole('button', { name: 'Publish', exact: true }).click();
    await page.getByText('Version 1 is published.').waitFor();
    await page.getByRole('region', { name: 'Request in curl' }).waitFor();
    await page.getByRole('button', { name: 'Copy', exact: true }).click();
    await page.getByRole('button', { name: 'Copied', exact: true }).waitFor();
    const curl = (await page.evaluate('navigator.clipboard.readText()')) as string;

    // As pasted, but that nothing is heard of the first step.
    const silent = curl.replace('{', '{"sandbox":{"push":"silent","sms":"delivered@300ms"},');
    expect(silent).not.toBe(curl);
    const env = { ...process.env, ONWARD_TEST_KEY: ui.server.testKey };
    const { stdout } = await run('bash', ['-c', `${silent} --silent --show-error`], { env });
    const { id, status } = JSON.parse(stdout);
    expect(status).toBe('running');

    const watching = await ui.open(`/console/runs/${id}?mode=test`);
    const said = watching.page.getByText(/no receipt that counts came by the deadline/).first();
    await said.waitFor();
    await watching.page.getByText('Succeeded', { exact: true }).first().waitFor();

    const { flowId } = await flowOf(id);
    await page.goto(`${ui.server.url}/console/analytics?flow=${flowId}&mode=test`);
    const funnel = await ui.call('GET', `/v1/analytics/funnel?flow=${flowId}&mode=test`);
    expect(funnel.steps.map(({ savedByFallback }: { savedByFallback: number }) => savedByFallback)).toEqual([0, 1, 0]);
    await page
      .getByText(/saved by fallback/i)
      .first()
      .waitFor();
    expect([...complaints, ...watching.complaints]).toEqual([]);
  },
  LIMIT_MS,
);

async function flowOf(invocationId: string): Promise<{ flowId: string }> {
  const { workflowId } = await ui.call('GET', `/v1/invocations/${invocationId}`);
  return { flowId: (await ui.call('GET', `/v1/flows/${workflowId}`)).id };
}

test(
  'from signing in to publishing, no mouse is needed',
  async () => {
    const password = 'four words nobody joins';
    const { invitation } = await ui.call('POST', '/v1/people', {
      email: 'pia@example.com',
      name: 'Pia',
      role: 'publisher',
    });
    const token = new URL(invitation.url).searchParams.get('token');
    const accepted = await fetch(`${ui.server.url}/v1/invitations/${token}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ password }),
    });
    expect(accepted.status).toBe(200);

    const { page, complaints } = await ui.openOutside('/console');
    const type = async (name: string, text: string) => {
      await reach(page, page.getByRole('textbox', { name }).first());
      await page.keyboard.type(text);
    };
    const press = async (wanted: Locator) => {
      await reach(page, wanted.first());
      await page.keyboard.press('Enter');
    };
    await type('Email', 'pia@example.com');
    await reach(page, page.getByLabel(/^Password/));
    await page.keyboard.type(password);
    await page.keyboard.press('Enter');
    await press(page.getByRole('link', { name: 'Flows', exact: true }));
    await press(page.getByRole('link', { name: 'New flow' }));
    // Of radio buttons the Tab key finds the chosen one, and the arrows go to the others.
    await reach(page, page.getByRole('radio', { checked: true }).first());
    await page.keyboard.press('ArrowDown');
    expect(await page.getByRole('radio', { name: 'Push, then SMS, then email' }).isChecked()).toBe(true);
    await type('Name', 'By hand alone');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'By hand alone' }).waitFor();
    await press(part(page, 'Channels'));
    for (const [place, channel] of ['push', 'sms', 'email'].entries()) {
      const choice = page.getByLabel('Template').nth(place);
      await reach(page, choice);
      await page.keyboard.type(`Table by ${channel}`);
      expect(await choice.inputValue()).toBe(`tpl_s_${channel}_plain`);
    }
    await page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
    await press(part(page, 'Review'));
    await press(page.getByRole('button', { name: 'Publish', exact: true }));
    await page.getByText('Version 1 is published.').waitFor();
    expect(complaints).toEqual([]);
  },
  LIMIT_MS,
);

/** By the Tab key alone, from wherever the focus is. */
async function reach(page: Page, wanted: Locator): Promise<void> {
  await wanted.waitFor();
  for (let presses = 0; presses < 200; presses++) {
    if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`${wanted} is out of the keyboard's reach`);
}
