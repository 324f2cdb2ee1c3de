import type { Page } from 'playwright-core';
import { consoleUnderTest, graveFindings, tooWide } from './console-under-test';

const MS = 120_000;
const ui = consoleUnderTest();
const PARTS = ['basics', 'channels', 'conditions', 'rules', 'review'];

interface Drafted {
  id: string;
  draft: { name: string; steps: { name: string; channel: string; template: string; timeoutSeconds: number }[] };
}

const drafted = (id: string): Promise<Drafted> => ui.call('GET', `/v1/flows/${id}`);
const stepNames = async (id: string) => (await drafted(id)).draft.steps.map(({ name }) => name);
const flowIdOf = (page: Page) => /\/flows\/(flw_\w+)/.exec(page.url())?.[1] ?? '';
const saved = (page: Page) => page.getByRole('status').getByText('Saved', { exact: true }).waitFor();
const part = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Parts of the flow' }).getByRole('link', { name });
const field = (page: Page, name: string | RegExp) => page.getByLabel(name);

async function templates(): Promise<void> {
  for (const [id, channel, content] of [
    ['tpl_w_push', 'push', { title: 'Your table', text: 'It is ready, {{name}}.' }],
    ['tpl_w_sms', 'sms', { text: 'Your table is ready, {{name}}.' }],
    ['tpl_w_email', 'email', { subject: 'Your table', text: 'It is ready, {{name}}.' }],
  ]) {
    await ui.call('POST', '/v1/templates', { id, name: `Table ${channel}`, channel, content });
  }
}

let made = 0;
async function someFlow(): Promise<Drafted> {
  const step = (name: string, channel: string, timeoutSeconds: number) => ({
    name,
    channel,
    template: `tpl_w_${channel}`,
    timeoutSeconds,
  });
  const variables = { type: 'object', properties: { name: { type: 'string', maxLength: 20, examples: ['Ann'] } } };
  const steps = [step('push', 'push', 30), step('sms', 'sms', 60), step('email', 'email', 600)];
  made += 1;
  return ui.call('POST', '/v1/flows', { name: `Table ${made}`, purpose: 'alert', variables, steps });
}

beforeAll(templates, MS);

test(
  'a flow of three steps is built by mouse: started, reordered, given templates and a time to wait',
  async () => {
    const { page, complaints } = await ui.open('/console/flows/new');
    await page.getByText('Push, then SMS, then email').click();
    await field(page, 'Name').fill('Your table is ready');
    await page.getByRole('button', { name: 'Make the flow' }).click();
    await page.getByRole('heading', { level: 1, name: 'Your table is ready' }).waitFor();
    const id = flowIdOf(page);
    await part(page, 'Channels').click();
    for (const [place, channel] of ['push', 'sms', 'email'].entries()) {
      await field(page, 'Template').nth(place).selectOption(`tpl_w_${channel}`);
    }
    await page.getByRole('region', { name: 'sms as the phone would show it' }).getByText('GSM-7').waitFor();
    await field(page, 'Example of name').first().fill('Ann');
    await page.getByText('Your table is ready, Ann.').waitFor();
    const [from, to] = [
      page.getByRole('button', { name: 'Drag email' }),
      page.getByRole('button', { name: 'Drag push' }),
    ];
    await from.scrollIntoViewIfNeeded();
    await from.hover();
    await page.mouse.down();
    await to.scrollIntoViewIfNeeded();
    const box = await to.boundingBox();
    await page.mouse.move((box?.x ?? 0) + 10, (box?.y ?? 0) + 60, { steps: 12 });
    await page.mouse.up();
    await page.getByText('“email” is now step 1 of 3.').waitFor();
    await part(page, 'Conditions').click();
    await field(page, /Wait for success/)
      .first()
      .fill('45');
    await saved(page);
    const { draft } = await drafted(id);
    expect(draft.steps.map(({ name }) => name)).toEqual(['email', 'push', 'sms']);
    expect(draft.steps[0]).toMatchObject({ template: 'tpl_w_email', timeoutSeconds: 45 });
    expect(draft).toMatchObject({ variables: { properties: { name: { examples: ['Ann'] } } } });
    expect(complaints).toEqual([]);
  },
  MS,
);

test(
  'a flow of three steps is built and reordered by the keyboard alone',
  async () => {
    const { page } = await ui.open('/console/flows/new');
    await page.getByRole('heading', { level: 1 }).waitFor();
    const reach = async (name: string, role: 'button' | 'link' | 'radio' | 'textbox' | 'combobox') => {
      const wanted = page.getByRole(role, { name }).first();
      await wanted.waitFor();
      for (let presses = 0; presses < 120; presses++) {
        if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) return;
        await page.keyboard.press('Tab');
      }
      throw new Error(`${name} is out of the keyboard's reach`);
    };
    await reach('WhatsApp, then SMS', 'radio');
    await page.keyboard.press('ArrowUp');
    await reach('Name', 'textbox');
    await page.keyboard.type('By keyboard');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'By keyboard' }).waitFor();
    const id = flowIdOf(page);
    await reach('2. Channels', 'link');
    await page.keyboard.press('Enter');
    for (const channel of ['Push', 'Email']) {
      await reach('Channel', 'combobox');
      await page.getByRole('heading', { name: 'Add to the ladder' }).waitFor();
      while (
        !(await page.evaluate('document.activeElement.closest("section")?.innerText.includes("Add to the ladder")'))
      ) {
        await page.keyboard.press('Tab');
      }
      await page.keyboard.type(channel);
      await reach('Add a step', 'button');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: `Drag ${channel.toLowerCase()}` }).waitFor();
    }
    await reach('Move email up', 'button');
    await page.keyboard.press('Enter');
    await page.getByText('“email” is now step 2 of 3.').waitFor();
    // The focus went with the step.
    await page.keyboard.press('Enter');
    await page.getByText('“email” is now step 1 of 3.').waitFor();
    await saved(page);
    expect(await stepNames(id)).toEqual(['email', 'sms', 'push']);
    await reach('Drag email', 'button');
    await page.keyboard.press('Space');
    await page.getByText('“email” is taken up.').waitFor();
    await page.keyboard.press('ArrowDown');
    await page.getByText('“email” is at the place of “sms”.').waitFor();
    await page.keyboard.press('Space');
    await page.getByText('“email” is now step 2 of 3.').waitFor();
    await saved(page);
    expect(await stepNames(id)).toEqual(['sms', 'email', 'push']);
  },
  MS,
);

test(
  'a template is written where it is used, and seen as the phone would show it',
  async () => {
    const { id } = await someFlow();
    const { page } = await ui.open(`/console/flows/${id}?part=channels`);
    await page.getByRole('button', { name: 'Write a template' }).nth(1).click();
    const dialog = page.getByRole('dialog', { name: 'Write a template' });
    await dialog.getByLabel('Name').fill('Table, shorter');
    await dialog.getByRole('textbox', { name: 'Text' }).fill('Ready, {{name}} 🎉');
    await dialog.getByText('Ready, Ann 🎉').waitFor();
    await dialog.getByText('UCS-2').waitFor();
    await dialog.getByRole('button', { name: 'Make the template' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('region', { name: 'sms as the phone would show it' }).getByText('Ready, Ann 🎉').waitFor();
    await saved(page);
    const { draft } = await drafted(id);
    expect(await ui.call('GET', `/v1/templates/${draft.steps[1]?.template}`)).toMatchObject({ name: 'Table, shorter' });
  },
  MS,
);

test(
  'steps stand in branches, and move between them',
  async () => {
    const { id } = await someFlow();
    const { page } = await ui.open(`/console/flows/${id}?part=channels`);
    await page.getByRole('button', { name: 'Add branches at once' }).click();
    await page.getByRole('region', { name: 'Branch 2 of together' }).waitFor();
    await field(page, 'Move push to').selectOption({ label: 'Branch 2 of together' });
    await page
      .getByRole('region', { name: 'Branch 2 of together' })
      .getByRole('button', { name: 'Drag push' })
      .waitFor();
    await saved(page);
    const { draft } = await drafted(id);
    expect(draft.steps).toMatchObject([
      { name: 'sms' },
      { name: 'email' },
      { name: 'together', parallel: [[{ name: 'sms 2' }], [{ name: 'email 2' }, { name: 'push' }]] },
    ]);
  },
  MS,
);

test(
  'what the linter says stands beside the field as one types, and goes when it is mended',
  async () => {
    const { id } = await someFlow();
    const { page } = await ui.open(`/console/flows/${id}?part=channels`);
    const name = field(page, 'Name of the step').nth(1);
    await name.fill('push');
    const told = page.getByText(/^Error: .*“push”/).first();
    await told.waitFor();
    expect(await name.getAttribute('aria-invalid')).toBe('true');
    expect(await name.getAttribute('aria-describedby')).not.toBeNull();
    await name.fill('sms');
    await told.waitFor({ state: 'detached' });
    await part(page, 'Basics').click();
    await field(page, /Give up after/).fill('5');
    await page
      .getByText(/^(Error|Warning): /)
      .first()
      .waitFor();
    await field(page, 'Name').first().fill('');
    await page.getByRole('status').getByText('Mend what is marked').waitFor();
  },
  MS,
);

test(
  'the JSON is one click away and edits both ways; what is none is kept and told where it is wrong',
  async () => {
    const { id, draft } = await someFlow();
    const { page } = await ui.open(`/console/flows/${id}?part=basics`);
    await field(page, 'Name').first().fill('Named in the fields');
    await page.getByRole('button', { name: 'Show as JSON' }).click();
    const text = field(page, 'Definition');
    expect(JSON.parse(await text.inputValue())).toMatchObject({ name: 'Named in the fields' });
    const changed = JSON.stringify({ ...draft, name: 'Named in the text' }, null, 2);
    await text.fill(changed);
    await page.getByRole('heading', { level: 1, name: 'Named in the text' }).waitFor();
    await saved(page);
    const broken = changed.replace('"alert"', 'alert');
    await text.fill(broken);
    await page.getByText(/^Line 3, column/).waitFor();
    await text.fill(changed.replace('"alert"', '"alarm"'));
    await page.getByText(/^Line 3: \/purpose/).waitFor();
    await text.fill(broken);
    await page.reload();
    expect(await field(page, 'Definition').inputValue()).toBe(broken);
    await field(page, 'Definition').fill(changed);
    await page.getByRole('button', { name: 'Back to the fields' }).click();
    expect(await field(page, 'Name').first().inputValue()).toBe('Named in the text');
    await saved(page);
    expect((await drafted(id)).draft.name).toBe('Named in the text');
  },
  MS,
);

test(
  'two windows on one draft: the second is told, and nothing is overwritten until somebody chooses',
  async () => {
    const { id } = await someFlow();
    const path = `/console/flows/${id}?part=conditions`;
    const [first, second] = [(await ui.open(path)).page, (await ui.open(path)).page];
    const wait = (page: Page, at: number) => field(page, /Wait for success/).nth(at);
    await wait(second, 0).waitFor();
    await wait(first, 0).fill('41');
    await saved(first);
    await wait(second, 1).fill('82');
    await second.getByText('Somebody else has changed this draft').waitFor();
    await second.getByText('Step “push”: timeoutSeconds went from 41 to 30.').waitFor();
    expect(await graveFindings(second)).toEqual([]);
    expect((await drafted(id)).draft.steps.map(({ timeoutSeconds }) => timeoutSeconds)).toEqual([41, 60, 600]);
    await second.getByRole('button', { name: 'Take theirs, give up mine' }).click();
    await saved(second);
    expect(await wait(second, 0).inputValue()).toBe('41');
    // And the other way: what the second saves now, the first is told of, and keeps its own over it.
    await wait(second, 1).fill('83');
    await saved(second);
    await wait(first, 2).fill('601');
    await first.getByText('Somebody else has changed this draft').waitFor();
    await first.getByRole('button', { name: 'Keep mine, save it over theirs' }).click();
    await saved(first);
    expect((await drafted(id)).draft.steps.map(({ timeoutSeconds }) => timeoutSeconds)).toEqual([41, 60, 601]);
  },
  MS,
);

test(
  'what is typed while the server is gone is kept, and saved when it is back',
  async () => {
    const { id } = await someFlow();
    const { page } = await ui.open(`/console/flows/${id}?part=basics`);
    await field(page, 'Name').first().waitFor();
    await ui.restart(async () => {
      await field(page, 'Name').first().fill('Typed into the void');
      await page.getByRole('status').getByText('Go on: what you type is kept').waitFor();
      await part(page, 'Conditions').click();
      await field(page, /Wait for success/)
        .first()
        .fill('47');
    });
    await saved(page);
    const { draft } = await drafted(id);
    expect(draft).toMatchObject({ name: 'Typed into the void', steps: [{ timeoutSeconds: 47 }, {}, {}] });
  },
  MS,
);

test(
  'edits that never reached the server are offered after a reload',
  async () => {
    const { id } = await someFlow();
    const { page } = await ui.open(`/console/flows/${id}?part=basics`);
    await page.route('**/draft', (route) => route.abort());
    await field(page, 'Name').first().fill('Never sent');
    await page.getByRole('status').getByText('Go on: what you type is kept').waitFor();
    await page.unroute('**/draft');
    await page.route('**/draft', (route) => route.abort());
    await page.reload();
    await page.getByText('There are edits here that were not saved').waitFor();
    expect(await graveFindings(page)).toEqual([]);
    await page.unroute('**/draft');
    await page.getByRole('button', { name: 'Go on with them' }).click();
    await saved(page);
    expect((await drafted(id)).draft.name).toBe('Never sent');
  },
  MS,
);

/** Two English words in a row; names, IDs and units stand alone. */
const ENGLISH = /[A-Za-z]{2,} [A-Za-z]{2,}/;

test(
  'in Arabic no English sentence is left: not what the linter finds, at the fields and in the review, nor what differs',
  async () => {
    const code = { type: 'string' };
    const { id } = await ui.call('POST', '/v1/flows', {
      name: 'رمز',
      purpose: 'otp',
      variables: { type: 'object', properties: { name: code } },
      quietHours: { from: '08:00', to: '08:00' },
      budget: { maxCostMicros: 1, currency: 'EUR', onExceeded: 'skip_step' },
      expiresAfterSeconds: 2,
      steps: [
        { name: 'push', channel: 'push', provider: 'fcm', template: 'tpl_w_push', timeoutSeconds: 30, recall: true },
        { name: 'sms', channel: 'sms', provider: 'line', template: 'tpl_w_sms', timeoutSeconds: 60 },
        { name: 'email', channel: 'email', template: 'tpl_none', timeoutSeconds: 600, successOn: 'read' },
      ],
    });
    const { page, complaints } = await ui.open('/console', { locale: 'ar-EG' });
    const told: string[] = [];
    for (const [one, words] of [
      ['basics', 'قد تنتظر الخطوات'],
      ['channels', 'لا ينقل المزوّد'],
      ['conditions', 'لا يستطيع المزوّد'],
      ['rules', 'لا تؤجّل ساعات الهدوء'],
      ['review', 'تكلفة جميع الخطوات معًا'],
    ] as const) {
      await page.goto(`${ui.server.url}/console/flows/${id}?part=${one}`);
      await page.getByText(words).first().waitFor();
      told.push(
        ...(await page
          .locator('main')
          .getByText(/تنبيه:|خطأ:/)
          .allInnerTexts()),
      );
      if (one === 'review') told.push(...(await page.locator('main li:has(code) p').allInnerTexts()));
      expect({ one, english: await page.locator('main [lang=en]').count() }).toEqual({ one, english: 0 });
    }
    expect(told.length).toBeGreaterThan(15);
    const plain = told.join('\n').replace(/[\u2066-\u2069]/g, '');
    expect(plain).toContain('لا ينقل المزوّد line رسائل قناة «رسالة نصية».');
    expect(plain).toContain('لا تؤجّل ساعات الهدوء مسارًا غرضه «كلمة مرور لمرة واحدة».');
    expect(plain).toMatch(/قد تنتظر الخطوات ١١ د ٣٠ ث في المجموع، لكن صلاحية الاستدعاء تنتهي بعد ٢ ث\./);
    expect(told.filter((words) => ENGLISH.test(words))).toEqual([]);

    await page.route('**/draft', (route) => route.abort());
    await page.goto(`${ui.server.url}/console/flows/${id}?part=conditions`);
    await page.getByRole('main').getByRole('spinbutton').first().fill('45');
    await page.goto(`${ui.server.url}/console/flows/${id}?part=conditions`);
    const difference = page.locator('dd');
    await difference.first().waitFor();
    expect((await difference.allInnerTexts()).map((text) => text.replace(/[\u2066-\u2069]/g, ''))).toEqual([
      expect.stringMatching(/^الخطوة «push»، المهلة: تغيّرت القيمة من ٣٠ .* إلى ٤٥ .*\.$/),
    ]);
    expect(complaints.filter((line) => !line.includes('ERR_FAILED'))).toEqual([]);
  },
  MS,
);

test.each([
  ['in the light, wide, in English', {}],
  ['in the dark, at 360 px, in Arabic', { width: 360, dark: true, locale: 'ar-EG' }],
])(
  'every part is usable by everybody: axe finds nothing serious, and nothing is too wide, %s',
  async (_case, look) => {
    const { id } = await someFlow();
    const { page } = await ui.open('/console/flows/new', look);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await graveFindings(page)).toEqual([]);
    for (const one of PARTS) {
      await page.goto(`${ui.server.url}/console/flows/${id}?part=${one}`);
      await page.getByRole('heading', { level: 1, name: /Table/ }).waitFor();
      if (one !== 'review') await page.getByRole('main').locator('h2, figure').first().waitFor();
      expect({ one, found: await graveFindings(page) }).toEqual({ one, found: [] });
      expect({ one, wider: await tooWide(page) }).toEqual({ one, wider: 0 });
    }
  },
  MS,
);
