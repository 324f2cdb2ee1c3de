import { consoleUnderTest, graveFindings, tooWide } from './console-under-test';
import { NOW, tellLive } from './saved-views-and-live';

const LIMIT_MS = 120_000;
const console = consoleUnderTest();
jest.setTimeout(LIMIT_MS);

// In their order: the console is empty at first.
describe('an empty console', () => {
  it('leads to a first delivered message with one press, and nothing to read first', async () => {
    const { page, complaints } = await console.open('/console');
    await page.getByRole('heading', { level: 1, name: 'Send a first message' }).waitFor();
    expect(await graveFindings(page)).toEqual([]);
    const began = Date.now();
    await page.getByRole('button', { name: 'Send the message' }).click();
    await page.getByRole('heading', { level: 2, name: 'Your message' }).waitFor();
    // The first channel fails, and the next one takes over, before one's eyes.
    await page.locator('[data-outcome="failed"]').waitFor();
    await page.locator('[data-outcome="succeeded"]').waitFor();
    await page
      .getByRole('status')
      .getByText(/^Succeeded at .*SMS reached the person/)
      .waitFor();
    expect(Date.now() - began).toBeLessThan(60_000);
    expect(complaints).toEqual([]);
    await page.getByRole('link', { name: 'Build your own flow' }).waitFor();
    await page.getByRole('link', { name: 'Connect a provider' }).waitFor();
    await page.getByRole('link', { name: 'See the run in full' }).click();
    await page.waitForURL('**/console/runs/inv_*');
    await page.getByText('Test run').waitFor();
  });

  it('sends to the sandbox alone, as what was typed and chosen', async () => {
    const { page } = await console.open('/console?try=1');
    await page.getByLabel('Phone number').fill('+393359990001');
    await page.getByLabel('The first channel delivers it').check();
    // What was typed outlives a reload.
    await page.reload();
    expect(await page.getByLabel('Phone number').inputValue()).toBe('+393359990001');
    await page.getByRole('button', { name: 'Send the message' }).click();
    await page
      .getByRole('status')
      .getByText(/^Succeeded at .*WhatsApp reached the person/)
      .waitFor();
    const id = new URL(page.url()).searchParams.get('sent');
    const { items } = await console.call('GET', `/v1/sandbox/messages?invocationId=${id}`);
    expect(items).toMatchObject([{ step: 'whatsapp', to: '+393359990001' }]);
    expect((await console.call('GET', `/v1/invocations/${id}`)).mode).toBe('test');
  });

  it('says what the server refused, and keeps what was typed', async () => {
    const { page } = await console.open('/console?try=1');
    await page.getByLabel('Variable “code”').fill('123456789');
    await page.getByRole('button', { name: 'Send the message' }).click();
    await page.getByRole('alert').getByText('/variables/code').waitFor();
    expect(await page.getByLabel('Variable “code”').inputValue()).toBe('123456789');
  });
});

describe('later', () => {
  it('shows the last runs and what failed, and leads on', async () => {
    const { page } = await console.open('/console?mode=test');
    await page.getByRole('region', { name: 'Last runs' }).getByRole('row').nth(1).waitFor();
    await page.getByRole('heading', { level: 2, name: 'Last failures' }).waitFor();
    expect(await graveFindings(page)).toEqual([]);
    await page.getByRole('region', { name: 'Last runs' }).getByRole('link').first().click();
    await page.waitForURL('**/console/runs/inv_*');
  });

  it.each(['/console?try=1', '/console?mode=test'])(
    'nothing of %s has to be scrolled sideways at 360 pixels',
    async (path) => {
      const { page } = await console.open(path, { width: 360 });
      await page.getByRole('heading', { level: 2 }).first().waitFor();
      expect(await tooWide(page)).toBe(0);
    },
  );

  it('is mirrored in Arabic', async () => {
    const { page } = await console.open('/console?try=1', { locale: 'ar-EG' });
    await page.getByRole('heading', { level: 1, name: 'أرسل أول رسالة' }).waitFor();
    expect(await page.locator('html').getAttribute('dir')).toBe('rtl');
  });

  it('tells which provider rests, and makes nothing up where another process counts', async () => {
    const { page } = await console.open('/healthz');
    await tellLive(page, () => NOW);
    await page.goto(`${console.server.url}/console?mode=test`);
    const now = page.locator('section').filter({ has: page.getByRole('heading', { level: 2, name: 'Now' }) });
    await now.getByText('twilio pac_main').waitFor();
    // It has no breaker, and so none that is open.
    expect(await now.getByText('sandbox').count()).toBe(0);
    expect(await now.getByText('–', { exact: true }).count()).toBe(1);
    await now.getByText('2.5/s').waitFor();
  });

  it('offers an analyst nothing that an analyst may not do, and says why', async () => {
    const { page, complaints } = await console.openAs('analyst', '/console?mode=test');
    await page.getByRole('region', { name: 'Last runs' }).waitFor();
    await page.getByText('All answer').waitFor();
    for (const name of ['Send a test message', 'Build your own flow', 'Connect a provider'])
      expect(await page.getByRole('link', { name }).count()).toBe(0);
    await page.goto(`${console.server.url}/console?try=1`);
    await page.getByText('Your role does not send messages').waitFor();
    expect(complaints).toEqual([]);
  });

  it('says that the server is gone, and goes on when it is back', async () => {
    const { page } = await console.open('/console?mode=test');
    await page.getByRole('region', { name: 'Last runs' }).waitFor();
    await console.restart(async () => {
      await page
        .getByText(/The server does not answer/)
        .first()
        .waitFor();
      await page.getByRole('region', { name: 'Last runs' }).waitFor();
    });
    await page
      .getByText(/The server does not answer/)
      .first()
      .waitFor({ state: 'detached' });
  });
});
