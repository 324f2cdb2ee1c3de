import type { Page } from 'playwright-core';
import { type CallbackReceiver, openCallbackReceiver, verified } from '../stand-ins/callback-receiver';
import { type LineStandIn, openLine } from '../stand-ins/line';
import { until } from '../support/until';
import { consoleUnderTest, graveFindings, tooWide } from './console-under-test';

const under = consoleUnderTest({ ONWARD_CALLBACK_ALLOW: '127.0.0.0/8' });
const SECTIONS = {
  'provider-accounts': 'Provider accounts',
  templates: 'Templates',
  'callback-profiles': 'Callback profiles',
  keys: 'Keys',
  people: 'People',
  audit: 'Audit',
  consents: 'Consents',
  prices: 'Prices',
  you: 'You',
};

jest.setTimeout(120_000);

let line: LineStandIn;
let receiver: CallbackReceiver;
beforeAll(async () => {
  line = await openLine({ webhookUrl: '' });
  receiver = await openCallbackReceiver();
});
afterAll(() => Promise.all([line.close(), receiver.close()]));

/** A field that must be filled in has a sign for it in its label. */
const NAME = /^Name( [*])?$/;
const settings = async (section: string) => (await under.open(`/console/settings/${section}`)).page;
const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();

/** What is shown this once. */
async function shownOnce(page: Page): Promise<string> {
  const dialog = page.getByRole('dialog');
  await dialog.getByText('This is shown only now').waitFor();
  const text = (await dialog.locator('pre').first().textContent()) ?? '';
  await dialog.getByRole('button', { name: 'I have it' }).click();
  return text;
}

describe('provider accounts', () => {
  const fill = async (page: Page) => {
    await page.getByLabel('Provider', { exact: true }).selectOption('line');
    await page.getByLabel(NAME).fill('Line of the shop');
    await page.getByLabel('ID', { exact: true }).fill('pac_line');
    const { channelAccessToken = '', channelSecret = '' } = line.account.credentials;
    await page.getByLabel('Channel access token').fill(channelAccessToken);
    await page.getByLabel('Channel secret').fill(channelSecret);
    await page.getByLabel('Address of the interface').fill(String(line.account.settings.apiUrl));
  };

  it('are added with the fields of their provider, tested, changed with the secrets left, and deleted', async () => {
    const page = await settings('provider-accounts/new');
    await fill(page);
    await press(page, 'Add an account');
    await page.getByRole('heading', { name: 'Line of the shop' }).waitFor();
    await page.getByText(`${under.server.url}/v1/receipts/line`).waitFor();
    await press(page, 'Test Line of the shop');
    await page.getByText('Line of the shop works').waitFor();
    expect(await page.getByLabel('Channel secret').inputValue()).toBe('');
    await page.getByLabel('Sends a second at most').fill('20');
    await press(page, 'Save');
    // That it was added was told in the same words, and may still be read.
    await page.getByText('Line of the shop is saved.').last().waitFor();
    const account = () => under.call('GET', '/v1/provider-accounts/pac_line');
    await until(async () => (await account()).perSecond === 20, 'the account to be saved');
    expect(await account()).toMatchObject({ credentials: { channelAccessToken: 'set', channelSecret: 'set' } });
    await press(page, 'Delete the account');
    await page.getByRole('dialog').getByText('No published flow needs it.').waitFor();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the account' }).click();
    await page.getByText('Line of the shop is deleted.').waitFor();
    expect((await under.call('GET', '/v1/provider-accounts')).items).toEqual([]);
  });

  it('that do not work say what the provider says', async () => {
    const credentials = { channelAccessToken: 'wrong', channelSecret: 'wrong' };
    const body = { id: 'pac_wrong', name: 'Wrong', provider: 'line', settings: line.account.settings, credentials };
    await under.call('POST', '/v1/provider-accounts', body);
    const page = await settings('provider-accounts');
    await press(page, 'Test Wrong');
    await page.getByRole('alert').getByText('Wrong does not work').waitFor();
    await under.call('DELETE', '/v1/provider-accounts/pac_wrong');
  });

  it('keep what was typed where the API fails, and after a reload all but the secrets', async () => {
    const page = await settings('provider-accounts/new');
    await fill(page);
    await page.route('**/v1/provider-accounts', (route) =>
      route.fulfill({ status: 503, contentType: 'application/problem+json', body: '{"status":503,"detail":"Away."}' }),
    );
    await press(page, 'Add an account');
    await page.getByRole('alert').getByText('Away.').waitFor();
    expect(await page.getByLabel('Channel access token').inputValue()).not.toBe('');
    await page.reload();
    await page.getByLabel(NAME).waitFor();
    expect(await page.getByLabel(NAME).inputValue()).toBe('Line of the shop');
    expect(await page.getByLabel('Channel access token').inputValue()).toBe('');
  });
});

describe('templates', () => {
  it('are made with a preview, approved by hand with a reason, found by status, and deleted', async () => {
    const page = await settings('templates/new');
    await page.getByLabel(NAME).fill('Greeting');
    await page.getByLabel(/^Text( [*])?$/).fill('Hello {{name}}');
    await press(page, 'Make the template');
    await page.getByRole('heading', { name: 'Greeting', level: 1 }).waitFor();
    await press(page, 'Set the status by hand');
    await page.getByRole('dialog').getByRole('combobox', { name: 'Status' }).selectOption('rejected');
    await page
      .getByRole('dialog')
      .getByLabel(/^Reason/)
      .fill('The legal team said no');
    await page.getByRole('dialog').getByRole('button', { name: 'Set the status' }).click();
    await page.getByText('The legal team said no').waitFor();
    await page.goto(`${under.server.url}/console/settings/templates?status=rejected`);
    await page.getByRole('link', { name: 'Greeting' }).click();
    await press(page, 'Delete the template');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the template' }).click();
    await page.getByText('Greeting is deleted.').waitFor();
  });
});

describe('callback profiles', () => {
  it('are made with a secret shown once, by which a test that is sent is verified', async () => {
    const page = await settings('callback-profiles/new');
    await page.getByLabel(NAME).fill('Shop');
    await page.getByLabel('ID', { exact: true }).fill('cbp_shop');
    await page.getByLabel(/^URL/).fill(`${receiver.url}/shop`);
    await press(page, 'Add a header');
    await page.getByLabel('Name of header 1').fill('x-shop');
    await page.getByLabel('Value of header 1').fill('of-the-shop-and-no-other');
    await press(page, 'Add a profile');
    const secret = await shownOnce(page);
    expect(secret).toMatch(/^whsec_/);
    await page.getByLabel('Which').selectOption('invocation.failed');
    await press(page, 'Send the test');
    await page.getByText('Got through').waitFor();
    await page.getByRole('cell', { name: '204' }).waitFor();
    const [first] = receiver.received;
    if (!first) throw new Error('nothing was received');
    expect(verified(first, secret).type).toBe('invocation.failed');
    expect(first.headers['x-shop']).toBe('of-the-shop-and-no-other');
  });

  it('change, and keep the values of headers that were left empty', async () => {
    const page = await settings('callback-profiles/cbp_shop?part=setup');
    await page.getByLabel(NAME).fill('The shop');
    await press(page, 'Save');
    await page.getByRole('heading', { name: 'The shop', level: 1 }).waitFor();
    await under.call('POST', '/v1/callback-profiles/cbp_shop/test', { type: 'invocation.started' });
    expect(receiver.received.at(-1)?.headers['x-shop']).toBe('of-the-shop-and-no-other');
  });

  it('show what was sent with every attempt, and send it again', async () => {
    const flow = await under.call('GET', '/v1/flows/wf_otp');
    const definition = { ...flow.draft, id: undefined };
    delete definition.id;
    const made = await under.call('POST', '/v1/flows', {
      ...definition,
      workflowId: 'wf_told',
      name: 'Told',
      callbackProfile: 'cbp_shop',
    });
    await under.call('POST', `/v1/flows/${made.id}/publish`, {});
    const body = { recipient: { phone: '+393351234567' }, variables: { code: '493021' } };
    const path = '/v1/workflows/wf_told/invocations';
    const { id } = await under.call('POST', path, body, under.server.testKey);
    const page = await settings(`callback-profiles/cbp_shop?invocationId=${id}&type=invocation.started`);
    const open = page.getByRole('button', { name: /^Attempts of cbd_/ });
    await open.or(page.getByText('Nothing was sent that fits')).first().waitFor();
    // The run is told of once its callbacks were made: the list is asked anew until it has them.
    for (let tries = 0; tries < 50 && (await open.count()) === 0; tries++) {
      await page.reload();
      await open.or(page.getByText('Nothing was sent that fits')).first().waitFor();
    }
    await open.first().click();
    const dialog = page.getByRole('dialog');
    await dialog.getByRole('cell', { name: '204' }).first().waitFor();
    const before = receiver.received.length;
    await dialog.getByRole('button', { name: 'Send it again' }).click();
    await page.getByText('It is sent again.').waitFor();
    await dialog.getByRole('cell', { name: '204' }).nth(1).waitFor();
    expect(receiver.received.length).toBeGreaterThan(before);
  });
});

describe('keys', () => {
  const works = async (key: string) => {
    const response = await fetch(`${under.server.url}/v1/flows`, { headers: { 'api-key': key } });
    return response.status;
  };

  it('are made with a secret shown once, and rotated with an overlap in which both work', async () => {
    const page = await settings('keys');
    await press(page, 'New key');
    await page.getByLabel(NAME).fill('Dashboard');
    await page.getByLabel('Role', { exact: true }).selectOption('analyst');
    await press(page, 'Make the key');
    const first = await shownOnce(page);
    expect(await works(first)).toBe(200);
    await press(page, 'Rotate Dashboard');
    await page.getByRole('dialog').getByLabel('The old secret works for').selectOption('3600');
    await page.getByRole('dialog').getByRole('button', { name: 'Make a new secret' }).click();
    const second = await shownOnce(page);
    expect(second).not.toBe(first);
    expect([await works(first), await works(second)]).toEqual([200, 200]);
    await page.getByText(`…${first.slice(-4)} works too, until`).waitFor();
    await press(page, 'Delete Dashboard');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete the key' }).click();
    await page.getByText('Dashboard is deleted.').waitFor();
    expect([await works(first), await works(second)]).toEqual([401, 401]);
  });
});

describe('people', () => {
  it('are invited by a link, come in by it, and see less when their role is lowered', async () => {
    const page = await settings('people');
    await press(page, 'Invite somebody');
    await page.getByLabel(/^Email/).fill('pat@example.com');
    await page.getByLabel(NAME).fill('Pat');
    await page.getByLabel('Role', { exact: true }).selectOption('admin');
    await press(page, 'Make the invitation');
    const link = new URL(await shownOnce(page));
    const { page: other } = await under.openOutside(link.pathname + link.search);
    await other.getByLabel('Choose a password').fill('seven green lanterns drift');
    await press(other, 'Set the password and go in');
    await other.waitForURL(/[/]console[/]?$/);
    await other.goto(`${under.server.url}/console/settings/keys`);
    await other.getByRole('heading', { name: 'Keys', level: 1 }).waitFor();

    await press(page, 'Manage Pat');
    await page.getByRole('dialog').getByLabel('Role').selectOption('analyst');
    await press(page, 'Save');
    await page.getByText('Pat is saved.').waitFor();
    await other.reload();
    await other.getByText('Your role does not see this page').waitFor();
    const shown = await other
      .getByRole('navigation', { name: 'Sections of the settings' })
      .getByRole('link')
      .allTextContents();
    expect(shown).toEqual(['Templates', 'Callback profiles', 'Prices', 'You']);

    await press(page, 'Manage Pat');
    await press(page, 'Sign out everywhere');
    await page.getByText('Pat is signed out everywhere.').waitFor();
    await other.reload();
    await other.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('are told in the audit, with what stood there before and after', async () => {
    const page = await settings('audit?action=person');
    const changed = page.getByRole('listitem').filter({ hasText: 'person.changed' }).first();
    await changed.locator('summary').click();
    await changed.getByRole('cell', { name: 'admin', exact: true }).waitFor();
    await changed.getByRole('cell', { name: 'analyst', exact: true }).waitFor();
    const saving = page.waitForEvent('download');
    await press(page, 'Export CSV');
    expect((await saving).suggestedFilename()).toBe('audit.csv');
  });
});

describe('consents and prices', () => {
  it('an address is suppressed, found, and let be sent to again', async () => {
    const page = await settings('consents?mode=test');
    await page.getByLabel(/^Address( [*])?$/).fill('+393351110000');
    await press(page, 'Suppress this address');
    const lift = page.getByRole('button', { name: /^Send to .* again$/ });
    await lift.waitFor();
    await page.getByRole('searchbox', { name: 'Is this address suppressed?' }).fill('+39 335 111-0000');
    await page.getByRole('searchbox', { name: 'Is this address suppressed?' }).press('Enter');
    await lift.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Send again' }).click();
    await page.getByText('This address is not suppressed.').waitFor();
  });

  it('a recipient’s word is recorded and shown', async () => {
    const page = await settings('consents');
    await page.getByRole('searchbox', { name: /^Recipient/ }).fill('user-77');
    await page.getByRole('searchbox', { name: /^Recipient/ }).press('Enter');
    await page.getByText('Nothing is recorded for user-77.').waitFor();
    await press(page, 'Record that they refused');
    await page.getByRole('cell', { name: 'Refused' }).waitFor();
    // Of live runs: of test runs nothing is recorded.
    await page.getByRole('link', { name: 'Test', exact: true }).click();
    await page.getByRole('searchbox', { name: /^Recipient/ }).fill('user-77');
    await page.getByRole('searchbox', { name: /^Recipient/ }).press('Enter');
    await page.getByText('Nothing is recorded for user-77.').waitFor();
  });

  it('prices are replaced by CSV, all or nothing', async () => {
    const page = await settings('prices');
    const csv = page.getByLabel(/^CSV( [*])?$/);
    await csv.fill('provider,channel,country,currency,costMicros\ntwilio,sms,IT,EUR,many');
    await press(page, 'Replace the prices');
    await page.getByRole('alert').waitFor();
    expect(await csv.inputValue()).toContain('many');
    await csv.fill('provider,channel,country,currency,costMicros\ntwilio,sms,IT,EUR,52000');
    await press(page, 'Replace the prices');
    await page.getByRole('cell', { name: '€0.052' }).waitFor();
  });
});

describe.each([
  { width: 1280, dark: false, locale: 'en-GB' },
  { width: 360, dark: true, locale: 'ar-EG' },
])('at $width pixels in $locale', (look) => {
  it.each([...Object.keys(SECTIONS), 'provider-accounts/new', 'callback-profiles/new'])(
    '%s can be used by everybody',
    async (section) => {
      const { page, complaints } = await under.open(`/console/settings/${section}`, look);
      await page.getByRole('heading', { level: 1 }).waitFor();
      await page.waitForLoadState('networkidle');
      expect(await graveFindings(page)).toEqual([]);
      expect(await tooWide(page)).toBe(0);
      expect(complaints).toEqual([]);
    },
  );
});

test('a section that does not answer says so, and comes when it does', async () => {
  const { page } = await under.open('/console/settings/you');
  await page.route('**/v1/keys*', (route) =>
    route.fulfill({ status: 422, contentType: 'application/problem+json', body: '{"status":422,"detail":"Not now."}' }),
  );
  await page.getByRole('link', { name: 'Keys' }).click();
  await page.getByRole('alert').getByText('Not now.').waitFor();
  await page.unroute('**/v1/keys*');
  await press(page, 'Try again');
  await page.getByText('ONWARD_OWNER_KEY').waitFor();
});
