import { setTimeout as pause } from 'node:timers/promises';
import { composeProjector } from '../../cli/house/projection';
import type { InvocationView, Recipient } from '../../schemas/invocation';
import type { TemplateContent } from '../../schemas/template';
import type { Channel, Provider } from '../../schemas/vocabulary';
import { type ApiUnderTest, approve, must, startApi } from '../api/api-under-test';
import { openHttpGateway } from '../stand-ins/http-gateway';
import { openLine } from '../stand-ins/line';
import { openSendgrid } from '../stand-ins/sendgrid';
import { openSmsc } from '../stand-ins/smsc';
import { openSolapi } from '../stand-ins/solapi';
import { type Carried, deliver, type StandIn, type Told } from '../stand-ins/stand-in';
import { openTwilio } from '../stand-ins/twilio';
import { openWhatsappCloud } from '../stand-ins/whatsapp-cloud';
import { HOUSE_SECRET } from '../support/house';
import { until } from '../support/until';

/** A provider with the whole house behind it: API, engine, log, consumer, and its stand-in for the world. */
interface Row {
  provider: Provider;
  open(options: { webhookUrl: string }): Promise<StandIn>;
  channel: Channel;
  recipient: Recipient;
  content: TemplateContent;
  /** Of a status that comes before `delivered`; LINE has none. */
  sent?: Told;
  /** LINE has no failure that comes later. */
  failed?: Told & { reason: string };
}

const PHONE = { phone: '+393351234567' };
const TEXT = { text: 'Your code is {{code}}.' };
const ROWS: Row[] = [
  {
    provider: 'twilio',
    open: openTwilio,
    channel: 'sms',
    recipient: PHONE,
    content: TEXT,
    sent: { status: 'sent' },
    failed: { status: 'undelivered', code: '30003', reason: 'unreachable' },
  },
  {
    provider: 'whatsapp-cloud',
    open: openWhatsappCloud,
    channel: 'whatsapp',
    recipient: PHONE,
    content: TEXT,
    sent: { status: 'sent' },
    failed: { status: 'failed', code: '131026', reason: 'not_on_channel' },
  },
  {
    provider: 'sendgrid',
    open: openSendgrid,
    channel: 'email',
    recipient: { email: 'ann@example.com' },
    content: { subject: 'Your code', ...TEXT },
    sent: { status: 'accepted' },
    failed: { status: 'undelivered', code: '5.2.2', reason: 'unreachable' },
  },
  { provider: 'line', open: openLine, channel: 'messenger', recipient: PHONE, content: TEXT },
  {
    provider: 'solapi',
    open: openSolapi,
    channel: 'sms',
    recipient: { phone: '+821012345678' },
    content: TEXT,
    sent: { status: 'sent' },
    failed: { status: 'undelivered', code: '3043', reason: 'unreachable' },
  },
  {
    provider: 'http',
    open: openHttpGateway,
    channel: 'sms',
    recipient: PHONE,
    content: TEXT,
    sent: { status: 'sent' },
    failed: { status: 'undelivered', code: 'E_ABSENT', reason: 'unreachable' },
  },
];

const PUBLIC_URL = 'http://127.0.0.1:1';
let api: ApiUnderTest;

beforeAll(async () => {
  api = await startApi((deps) => deps, { sendTimeoutSeconds: 1 });
  const email = { id: 'tpl_last', name: 'last resort', channel: 'inapp', content: TEXT };
  await must(api.call('POST', '/v1/templates', { body: email }), 201);
});
afterAll(() => api?.close());

/** An account that speaks to the stand-in. */
async function addAccount(standIn: StandIn, more: object = {}): Promise<string> {
  const { provider, account } = standIn;
  const body = { name: `${provider} stand-in`, provider, ...account, ...more };
  const { id, webhookUrl } = (await must(api.call('POST', '/v1/provider-accounts', { body }), 201)).body;
  if (webhookUrl !== null) standIn.webhookUrl = webhookUrl;
  // What an adapter loads at its first use is not to count as its provider's silence.
  await must(api.call('POST', `/v1/provider-accounts/${id}/test`), 200);
  return id;
}

let flows = 0;

/** One step by the provider, then our own last resort, which the sandbox carries. */
async function publish(step: object, content: TemplateContent, channel: Channel): Promise<string> {
  flows++;
  const template = `tpl_house_${flows}`;
  const made = { id: template, name: template, channel, content };
  await must(api.call('POST', '/v1/templates', { body: made }), 201);
  await approve(api, template);
  const definition = {
    workflowId: `wf_house_${flows}`,
    name: `house ${flows}`,
    purpose: 'otp',
    variables: { type: 'object', required: ['code'], properties: { code: { type: 'string', maxLength: 8 } } },
    steps: [
      { name: 'first', channel, template, timeoutSeconds: 1, ...step },
      { name: 'last', channel: 'inapp', provider: 'sandbox', template: 'tpl_last', timeoutSeconds: 5 },
    ],
  };
  await must(api.call('POST', '/v1/flows', { body: definition }), 201);
  await must(api.call('POST', `/v1/flows/${definition.workflowId}/publish`, { body: {} }), 200);
  return definition.workflowId;
}

async function invoke(workflowId: string, recipient: Recipient, sandbox = {}): Promise<string> {
  const body = { recipient: { id: 'user-1', ...recipient }, variables: { code: '493021' }, ...sandbox };
  const path = `/v1/workflows/${workflowId}/invocations`;
  return (await must(api.call('POST', path, { body, key: api.keys.live }), 202)).body.id;
}

async function view(id: string, wait = 0): Promise<InvocationView> {
  const headers: Record<string, string> = wait > 0 ? { prefer: `wait=${wait}` } : {};
  return (await must(api.call('GET', `/v1/invocations/${id}`, { headers }), 200)).body;
}

/** Its webhook, called on the server where it really listens. */
async function tell(standIn: StandIn, message: Carried, told: Told, change: (body: Buffer) => Buffer = (b) => b) {
  const webhook = standIn.webhook?.(message, told);
  if (!webhook) throw new Error(`${standIn.provider} has no webhooks`);
  return deliver({ ...webhook, url: webhook.url.replace(PUBLIC_URL, api.url), body: change(webhook.body) });
}

describe.each(ROWS)(
  '$provider, with the house behind it',
  ({ provider, open, channel, recipient, content, ...row }) => {
    let standIn: StandIn;
    let account: string;
    let workflowId: string;

    beforeAll(async () => {
      standIn = await open({ webhookUrl: `${PUBLIC_URL}/v1/receipts/${provider}` });
      account = await addAccount(standIn);
      workflowId = await publish({ provider: `${provider}:${account}` }, content, channel);
    });
    afterAll(async () => {
      await standIn?.close();
    });
    afterEach(() => {
      standIn.beforeAnswer = null;
      expect(standIn.complaints).toEqual([]);
    });

    /** Started, and taken by the stand-in. */
    async function sent(): Promise<{ id: string; message: Carried }> {
      const before = standIn.carried.length;
      const id = await invoke(workflowId, recipient);
      await until(() => standIn.carried.length > before, `${provider} has it`, 15_000);
      return { id, message: standIn.carried[before] as Carried };
    }
    const attemptsOf = (run: InvocationView) =>
      run.attempts.map(({ step, status, late }) => `${step} ${status}${late ? ' late' : ''}`);

    test('a receipt that says delivered ends it, and it was sent exactly once, with the right text', async () => {
      const before = standIn.carried.length;
      const { id, message } = await sent();
      if (message.text !== null) expect(message.text).toBe('Your code is 493021.');
      expect(await tell(standIn, message, { status: 'delivered' })).toBeLessThan(300);
      expect(await view(id, 5)).toMatchObject({ status: 'succeeded', reachedStep: 'first', duplicate: false });
      expect(standIn.carried.length).toBe(before + 1);
      const [attempt] = (await view(id)).attempts;
      expect(attempt).toMatchObject({ provider, providerMessageId: message.providerMessageId });
    });

    test('a receipt that comes before the answer to the send is not lost', async () => {
      standIn.beforeAnswer = async (message) => void (await tell(standIn, message, { status: 'delivered' }));
      const { id } = await sent();
      expect(await view(id, 5)).toMatchObject({ status: 'succeeded', reachedStep: 'first' });
      expect(attemptsOf(await view(id))).toEqual(['first delivered']);
    });

    test('receipts that come twice and shuffled are each recorded once, and take nothing back', async () => {
      const { id, message } = await sent();
      const { sent: before } = row;
      const all: Told[] = [{ status: 'delivered' }, ...(before ? [before] : []), { status: 'delivered' }];
      for (const told of all) expect(await tell(standIn, message, told)).toBeLessThan(300);
      expect(await view(id, 5)).toMatchObject({ status: 'succeeded' });
      const receipts = async () =>
        (await must(api.call('GET', `/v1/invocations/${id}/events`), 200)).body.items.filter(
          ({ type }: { type: string }) => type === 'ReceiptRecorded',
        );
      await until(async () => (await receipts()).length >= (before ? 2 : 1), 'both are recorded', 15_000);
      expect(await receipts()).toHaveLength(before ? 2 : 1);
      expect(attemptsOf(await view(id))).toEqual(['first delivered']);
    });

    if (row.failed) {
      const { failed } = row;
      test('a receipt that says it failed moves on at once, with the reason', async () => {
        const { id, message } = await sent();
        expect(await tell(standIn, message, failed)).toBeLessThan(300);
        const run = await view(id, 5);
        expect(run).toMatchObject({ status: 'succeeded', reachedStep: 'last' });
        expect(run.attempts[0]).toMatchObject({ status: failed.status, reason: failed.reason });
      });
    }

    test('silence moves on at the deadline; the receipt that comes late is told, and that the person has it twice', async () => {
      const { id, message } = await sent();
      expect(await view(id, 8)).toMatchObject({ status: 'succeeded', reachedStep: 'last', duplicate: false });
      expect(await tell(standIn, message, { status: 'delivered' })).toBeLessThan(300);
      await until(async () => (await view(id)).duplicate === true, 'the duplicate is told', 15_000);
      expect(attemptsOf(await view(id))).toEqual(['first delivered late', 'last delivered']);
    });

    test('a busy provider is tried again when it said so, and then has it once', async () => {
      const patient = await publish({ provider: `${provider}:${account}`, timeoutSeconds: 10 }, content, channel);
      const before = standIn.carried.length;
      standIn.meets('busy');
      const id = await invoke(patient, recipient);
      await until(() => standIn.carried.length > before, 'it has it after a second', 15_000);
      await tell(standIn, standIn.carried[before] as Carried, { status: 'delivered' });
      const run = await view(id, 5);
      expect(run).toMatchObject({ status: 'succeeded', reachedStep: 'first' });
      expect(run.attempts.map(({ status, reason }) => [status, reason])).toEqual([
        ['rejected', 'rate_limited'],
        ['delivered', null],
      ]);
      expect(standIn.carried.length).toBe(before + 1);
    });

    test('one that never answers is not sent to again: uncertain, then the next channel, marked', async () => {
      const before = standIn.carried.length;
      standIn.meets('hangs');
      const id = await invoke(workflowId, recipient);
      const run = await view(id, 10);
      expect(run).toMatchObject({ status: 'succeeded', reachedStep: 'last' });
      expect(run.attempts[0]).toMatchObject({ uncertain: true });
      expect(run.attempts[1]).toMatchObject({ duplicateRisk: true });
      expect(standIn.carried.length).toBe(before + 1);
    });

    test('a forged webhook is refused, and nothing comes of it', async () => {
      const { id, message } = await sent();
      const webhook = standIn.webhook?.(message, { status: 'delivered' });
      if (!webhook) throw new Error('it has webhooks');
      const plain = `${api.url}/v1/receipts/${provider}${new URL(webhook.url).search}`;
      const { authorization: _, ...rest } = webhook.headers;
      const type = rest['content-type'] ?? 'application/json';
      expect(await deliver({ ...webhook, url: plain, headers: { 'content-type': type } })).toBe(401);
      await pause(100);
      expect(await view(id)).toMatchObject({ attempts: [expect.objectContaining({ status: 'accepted' })] });
      await tell(standIn, message, { status: 'delivered' });
      expect(await view(id, 5)).toMatchObject({ status: 'succeeded', reachedStep: 'first' });
    });
  },
);

describe('a lost receipt costs no second message', () => {
  test.each(ROWS.filter(({ provider }) => provider === 'twilio' || provider === 'solapi'))(
    '$provider is asked before the ladder moves on',
    async ({ provider, open, channel, recipient, content }) => {
      const standIn = await open({ webhookUrl: `${PUBLIC_URL}/v1/receipts/${provider}` });
      const account = await addAccount(standIn);
      const workflowId = await publish({ provider: `${provider}:${account}` }, content, channel);
      const id = await invoke(workflowId, recipient);
      await until(() => standIn.carried.length === 1, 'it has it', 15_000);
      standIn.knows(standIn.carried[0] as Carried, { status: 'delivered' });
      const run = await view(id, 8);
      expect(run).toMatchObject({ status: 'succeeded', reachedStep: 'first', duplicate: false });
      expect(run.attempts.map(({ step, late }) => [step, late])).toEqual([['first', false]]);
      expect(standIn.carried).toHaveLength(1);
      await standIn.close();
    },
  );

  test('a step that names the provider alone goes by what its default account can do, as soon as that changes', async () => {
    const standIn = await openHttpGateway({ webhookUrl: '' });
    const { lookup, ...without } = standIn.account.settings;
    const account = await addAccount(standIn, { settings: without, isDefault: true });
    const workflowId = await publish({ provider: 'http' }, TEXT, 'sms');
    const sent = async () => {
      const before = standIn.carried.length;
      const id = await invoke(workflowId, PHONE);
      await until(() => standIn.carried.length > before, 'it has it', 5_000);
      standIn.knows(standIn.carried[before] as Carried, { status: 'delivered' });
      return view(id, 8);
    };
    expect(await sent()).toMatchObject({ status: 'succeeded', reachedStep: 'last' });
    const body = { name: 'asked', provider: 'http', isDefault: true, settings: { ...without, lookup } };
    await must(api.call('PUT', `/v1/provider-accounts/${account}`, { body }), 200);
    expect(await sent()).toMatchObject({ status: 'succeeded', reachedStep: 'first' });
    await standIn.close();
  }, 20_000);
});

test('an SMSC’s receipts come over its own connection, and find their run by the message’s ID', async () => {
  const standIn = await openSmsc({ webhookUrl: '' });
  const account = await addAccount(standIn);
  const workflowId = await publish({ provider: `smpp:${account}`, timeoutSeconds: 20 }, TEXT, 'sms');
  const id = await invoke(workflowId, PHONE);
  await until(() => standIn.carried.length === 1, 'it has it', 10_000);
  standIn.knows(standIn.carried[0] as Carried, { status: 'delivered' });
  // The read model says whose message that is; it is made to here.
  const projector = await composeProjector({ dataFolder: api.house.folder, secret: HOUSE_SECRET, report: () => {} });
  const ended = async () => {
    while (await projector.step());
    return (await view(id)).status === 'succeeded';
  };
  await until(ended, 'its receipt is taken', 15_000);
  await projector.close();
  expect(await view(id)).toMatchObject({ reachedStep: 'first' });
  await standIn.close();
}, 40_000);

describe('several providers for one step', () => {
  test('the first is away: the second has exactly one message, and the channel is not left', async () => {
    const [first, second] = [await openTwilio({ webhookUrl: '' }), await openSolapi({ webhookUrl: '' })];
    const [a, b] = [await addAccount(first), await addAccount(second)];
    const workflowId = await publish(
      { provider: [`twilio:${a}`, `solapi:${b}`] },
      { text: '인증번호는 {{code}}입니다.' },
      'xms',
    );
    first.meets('away');
    const id = await invoke(workflowId, { phone: '+821012345678' });
    await until(() => second.carried.length > 0, 'the second has it', 15_000);
    await tell(second, second.carried[0] as Carried, { status: 'delivered' });
    const run = await view(id, 5);
    expect(run).toMatchObject({ status: 'succeeded', reachedStep: 'first' });
    expect(run.attempts.map(({ provider, status }) => `${provider} ${status}`)).toEqual([
      'twilio rejected',
      'solapi delivered',
    ]);
    expect(first.carried).toEqual([]);
    expect(second.carried.map(({ text }) => text)).toEqual(['인증번호는 493021입니다.']);
    await Promise.all([first.close(), second.close()]);
  });
});
