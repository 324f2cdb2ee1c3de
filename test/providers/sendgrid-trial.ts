import type { ProviderAdapter, ProviderWorld, SendRequest, WebhookRequest } from '../../providers/contract';
import { sendgrid } from '../../providers/sendgrid/sendgrid';
import { createReferences } from '../../receipts/reference';
import { receiptSchema } from '../../schemas/receipt';
import { validator } from '../../schemas/validate';
import { openSendgrid, type SendgridStandIn } from '../stand-ins/sendgrid';
import type { Carried, Webhook } from '../stand-ins/stand-in';

export const INVOCATION = 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH';
export const references = createReferences('a-secret-for-the-tests-of-sendgrid');
const judgeReceipt = validator<unknown>(receiptSchema, 'a receipt');
export const content = {
  subject: 'Your code',
  text: 'Your code is 493021. It costs < 1 € & nothing more.',
  html: '<p>Your code is <b>493021</b>. <a href="https://shop.example/?a=1&amp;b=2">Use it</a></p>',
};

/** An account of SendGrid's against its stand-in, open while the tests of one file run. */
export interface SendgridTrial {
  standIn: SendgridStandIn;
  adapter: ProviderAdapter;
  world: ProviderWorld;
  /** Codes that no table had, in this test. */
  unknownCodes: string[];
  /** What the adapter takes for now; set again before each test. */
  nowMs: number;
}

export function trySendgrid(): SendgridTrial {
  const trial = { nowMs: 0, unknownCodes: [] as string[] } as SendgridTrial;
  trial.world = {
    callbackUrl: () => 'http://onward.test/v1/receipts/sendgrid',
    secretUrl: () => 'http://onward.test/v1/receipts/sendgrid/token',
    receive: async () => {},
    unknownCode: (code) => trial.unknownCodes.push(code),
    onFault: () => {},
    clock: () => trial.nowMs,
  };
  beforeAll(async () => {
    trial.standIn = await openSendgrid({ webhookUrl: 'http://onward.test/v1/receipts/sendgrid' });
    trial.adapter = sendgrid.open({ id: 'pac_test', ...trial.standIn.account }, trial.world);
  });
  beforeEach(() => {
    trial.nowMs = Date.now();
    trial.unknownCodes.length = 0;
  });
  afterEach(() => {
    expect(trial.standIn.complaints).toEqual([]);
  });
  afterAll(async () => {
    await trial.adapter.close?.();
    await trial.standIn.close();
  });
  return trial;
}

let attempt = 0;

export function requestFor(changes: Partial<SendRequest> = {}): SendRequest {
  attempt++;
  return {
    ref: references.sign({ invocationId: INVOCATION, step: 0, attempt }),
    invocationId: INVOCATION,
    step: 'first',
    attempt,
    mode: 'live',
    purpose: 'otp',
    channel: 'email',
    address: 'ann@example.com',
    recipient: { email: 'ann@example.com' },
    template: 'tpl_test',
    content,
    validitySeconds: 60,
    script: null,
    signal: new AbortController().signal,
    ...changes,
  };
}

/** A mail as the stand-in took it. */
export async function carriedMail(
  { adapter, standIn }: SendgridTrial,
  changes: Partial<SendRequest> = {},
): Promise<Carried> {
  const before = standIn.carried.length;
  await adapter.send(requestFor(changes));
  const message = standIn.carried[before];
  if (!message) throw new Error('nothing was carried');
  return message;
}

export function asRequest({ method, url, headers, body }: Webhook): WebhookRequest {
  return { method, url, query: new URL(url).searchParams, headers, body };
}

/** What the adapter makes of a webhook; each receipt is one by the schema. */
export function receiptsOf({ adapter }: SendgridTrial, webhook: Webhook) {
  const receipts = adapter.normalise?.(asRequest(webhook)) ?? [];
  for (const receipt of receipts) expect(judgeReceipt(receipt)).toMatchObject({ ok: true });
  return receipts;
}
