import { consoleUnderTest, graveFindings, tooWide } from './console-under-test';

const under = consoleUnderTest();
const PASSWORD = 'seven green lanterns drift';

jest.setTimeout(120_000);

/** Somebody who has a password: invited by the owner’s key, the invitation accepted. */
async function somebody(email: string, role: string): Promise<void> {
  const { invitation } = await under.call('POST', '/v1/people', { email, name: 'Sam Signer', role });
  const token = new URL(invitation.url).searchParams.get('token') ?? '';
  await fetch(`${under.server.url}/v1/invitations/${encodeURIComponent(token)}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-onward-console': '1' },
    body: JSON.stringify({ name: 'Sam Signer', password: PASSWORD }),
  });
}

describe('the page to sign in', () => {
  it('lets in by email and password, and leads back to where one wanted to go', async () => {
    await somebody('sam@example.com', 'operator');
    const { page, complaints } = await under.openOutside('/console/settings/templates?channel=sms');
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    await page.getByLabel('Email').fill('sam@example.com');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('heading', { name: 'Templates', level: 1 }).waitFor();
    expect(new URL(page.url()).pathname + new URL(page.url()).search).toBe('/console/settings/templates?channel=sms');
    expect(complaints).toEqual([]);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
  });

  it('keeps the email and not the password where they do not fit, and says so', async () => {
    const { page } = await under.openOutside('/console/sign-in');
    await page.getByLabel('Email').fill('nobody@example.com');
    await page.getByLabel('Password').fill('surely not the right one');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').getByText('do not fit together').waitFor();
    expect(await page.getByLabel('Email').inputValue()).toBe('nobody@example.com');
    expect(await page.getByLabel('Password').inputValue()).toBe('');
  });

  it('says after how many seconds to try again where too many have failed', async () => {
    const { page } = await under.openOutside('/console/sign-in');
    await page.route('**/v1/session', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 429,
            headers: { 'retry-after': '90', 'content-type': 'application/problem+json' },
            body: JSON.stringify({ status: 429, detail: 'Too many.' }),
          })
        : route.continue(),
    );
    await page.getByLabel('Email').fill('sam@example.com');
    await page.getByLabel('Password').fill('whatever it may be');
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').getByText('in 90 seconds').waitFor();
    expect(await page.getByLabel('Email').inputValue()).toBe('sam@example.com');
  });

  it.each(['https://evil.example/console/', '//evil.example/console/', '/console/../v1/flows', '/consolex/'])(
    'goes nowhere else, such as to %s',
    async (target) => {
      const { page } = await under.open(`/console/sign-in?returnTo=${encodeURIComponent(target)}`);
      await page.waitForURL(/[/]console[/]?$/);
    },
  );

  it('says what to do where a link is used up, or an address is not invited', async () => {
    const { page } = await under.openOutside('/console/sign-in?problem=link');
    await page.getByRole('alert').getByText('does not work any more').waitFor();
    await page.getByText('onward sign-in', { exact: true }).waitFor();
    await page.goto(`${under.server.url}/console/sign-in?problem=unknown`);
    await page.getByRole('alert').getByText('Nobody with this email address').waitFor();
  });

  it('offers the OpenID provider where there is one', async () => {
    const { page } = await under.openOutside('/console');
    await page.route('**/v1/session', async (route) => {
      const response = await route.fetch();
      const signIn = { password: true, openId: { name: 'Example ID' } };
      await route.fulfill({ response, json: { ...(await response.json()), signIn } });
    });
    await page.goto(`${under.server.url}/console/sign-in?returnTo=%2Fconsole%2Fflows`);
    const link = page.getByRole('link', { name: 'Sign in with Example ID' });
    expect(await link.getAttribute('href')).toBe('/v1/session/openid?returnTo=%2Fconsole%2Fflows');
  });

  it('says that the server does not answer, with a way to try again, and keeps what was typed', async () => {
    const { page } = await under.openOutside('/console/sign-in');
    await page.getByLabel('Email').fill('sam@example.com');
    await page.getByLabel('Password').fill(PASSWORD);
    await page.route('**/v1/session', (route) => route.abort());
    await page.getByRole('button', { name: 'Sign in', exact: true }).click();
    await page.getByRole('alert').getByText('does not answer').waitFor();
    expect(await page.getByLabel('Email').inputValue()).toBe('sam@example.com');
  });

  it.each([
    { width: 360, dark: true, locale: 'ar-EG' },
    { width: 1280, dark: false, locale: 'en-GB' },
  ])('can be used by everybody, $width pixels wide in $locale', async (look) => {
    const { page } = await under.openOutside('/console/sign-in?problem=link', look);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.getAttribute('html', 'dir')).toBe(look.locale.startsWith('ar') ? 'rtl' : 'ltr');
    expect(await graveFindings(page)).toEqual([]);
    expect(await tooWide(page)).toBe(0);
  });
});

describe('an invitation', () => {
  it('greets by name, says how strong the password is, and lets in', async () => {
    const { invitation } = await under.call('POST', '/v1/people', {
      email: 'ida@example.com',
      name: 'Ida Invited',
      role: 'analyst',
    });
    const { page } = await under.openOutside(new URL(invitation.url).pathname + new URL(invitation.url).search);
    await page.getByRole('heading', { name: 'Welcome, Ida Invited' }).waitFor();
    expect(await graveFindings(page)).toEqual([]);
    const password = page.getByLabel('Choose a password');
    await password.fill('short');
    await page.getByText('Too short: it needs at least 12 signs.').waitFor();
    await password.fill('ida invited password');
    await page.getByText('Easy to guess').waitFor();
    await password.fill(PASSWORD);
    await page.getByText('Strong.').waitFor();
    await page.getByRole('button', { name: 'Set the password and go in' }).click();
    await page.waitForURL(/[/]console[/]?$/);
    await page.getByText('Ida Invited').waitFor();
    await page.goto(invitation.url);
    await page.getByRole('alert').getByText('does not work any more').waitFor();
  });
});
