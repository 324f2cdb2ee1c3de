import type { ProviderAdapter, ProviderKind, SendAnswer, SendRequest, WebhookRequest } from '../../providers/contract';
import { createReferences } from '../../receipts/reference';
import { receiptSchema } from '../../schemas/receipt';
import { validator } from '../../schemas/validate';
import type { Reason, ReceiptStatus } from '../../schemas/vocabulary';
import type { Carried, StandIn, Told, Webhook } from '../stand-ins/stand-in';

const PUBLIC_URL = 'http://onward.test';
const INVOCATION = 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH';
const references = createReferences('a-secret-for-the-adapter-suite');
const judgeReceipt = validator<unknown>(receiptSchema, 'a receipt');

export interface AdapterUnderTest {
  kind: ProviderKind;
  open(options: { webhookUrl: string }): Promise<StandIn>;
  /** What differs from a plain text to +393351234567. */
  request?: Partial<SendRequest>;
  /** What the person has to be shown to have been sent to; default: the address. */
  to?: string;
  /** One of each class of refusal: the provider's own code, and what it has to become. */
  refusals: readonly (readonly [code: string, reason: Reason])[];
  /** What its receipts can say, each in the provider's own words by the stand-in. */
  receipts: readonly (Told & { reason?: Reason })[];
  /** It can be asked what became of a message: what it is made to know, and what has to come of it. */
  lookups?: readonly (Told & { reason?: Reason })[];
  /** Its webhooks are signed. */
  signs: boolean;
  /** One that it could be refused with and no table has; default: one that looks like those of its refusals. */
  unheardOf?: string;
  /** Statuses in HTTP mean nothing to it (SMPP). */
  withoutHttp?: boolean;
}

/** What every provider's adapter promises, against its stand-in. */
export function describeAdapter(name: string, under: AdapterUnderTest): void {
  describe(name, () => {
    let standIn: StandIn;
    let adapter: ProviderAdapter;
    const unknownCodes: string[] = [];
    const received: unknown[] = [];
    let attempt = 0;

    beforeAll(async () => {
      const { provider } = under.kind;
      const webhookUrl = `${PUBLIC_URL}/v1/receipts/${provider}`;
      standIn = await under.open({ webhookUrl });
      adapter = under.kind.open(
        { id: 'pac_test', ...standIn.account },
        {
          callbackUrl: (ref) => `${webhookUrl}?ref=${encodeURIComponent(ref)}`,
          secretUrl: (ref) => `${webhookUrl}/token${ref === undefined ? '' : `?ref=${encodeURIComponent(ref)}`}`,
          receive: async (receipts) => void received.push(...receipts),
          unknownCode: (code) => unknownCodes.push(code),
          onFault: () => {},
          clock: Date.now,
        },
      );
    });
    afterEach(() => {
      expect(standIn.complaints).toEqual([]);
      standIn.beforeAnswer = null;
    });
    afterAll(async () => {
      await adapter.close?.();
      await standIn.close();
    });

    const requestFor = (signal: AbortSignal = new AbortController().signal): SendRequest => {
      attempt++;
      return {
        ref: references.sign({ invocationId: INVOCATION, step: 0, attempt }),
        invocationId: INVOCATION,
        step: 'first',
        attempt,
        mode: 'live',
        purpose: 'otp',
        channel: 'sms',
        address: '+393351234567',
        recipient: { phone: '+393351234567' },
        template: 'tpl_test',
        content: { text: 'Your code is 493021.' },
        validitySeconds: 60,
        script: null,
        signal,
        ...under.request,
      };
    };
    const sent = async (): Promise<{ answer: SendAnswer; message: Carried; request: SendRequest }> => {
      const before = standIn.carried.length;
      const request = requestFor();
      const answer = await adapter.send(request);
      expect(standIn.carried.length).toBe(before + 1);
      return { answer, message: standIn.carried[before] as Carried, request };
    };
    const webhookOf = (message: Carried, told: Told) => asRequest(must(standIn.webhook)(message, told));

    test('a send is carried once, as the documentation has it, and answered with the provider’s own ID', async () => {
      const { answer, message, request } = await sent();
      expect(answer).toMatchObject({ outcome: 'accepted', providerMessageId: message.providerMessageId });
      expect(message.to).toBe(under.to ?? request.address);
      if (message.text !== null) expect(message.text).toBe(request.content.text ?? message.text);
    });

    test.each(under.refusals)('refused with %s it was surely not sent: %s', async (code, reason) => {
      const before = standIn.carried.length;
      standIn.meets({ refuses: code });
      expect(await adapter.send(requestFor())).toMatchObject({ outcome: 'rejected', reason, code });
      expect(standIn.carried.length).toBe(before);
    });

    test('a code that no table has is kept as it came, is unknown, and is counted', async () => {
      unknownCodes.length = 0;
      const code = under.unheardOf ?? (/^\d+$/.test(under.refusals[0]?.[0] ?? '') ? '99987' : 'NEVER_HEARD_OF');
      standIn.meets({ refuses: code });
      expect(await adapter.send(requestFor())).toMatchObject({ outcome: 'rejected', reason: 'unknown', code });
      expect(unknownCodes).toEqual([code]);
    });

    if (!under.withoutHttp) {
      test('a busy provider is obeyed: rate_limited, for as long as it says', async () => {
        standIn.meets('busy');
        expect(await adapter.send(requestFor())).toMatchObject({
          outcome: 'rejected',
          reason: 'rate_limited',
          retryAfterMs: 1_000,
        });
      });

      test('one that is away did not take it: provider_unavailable', async () => {
        standIn.meets('away');
        expect(await adapter.send(requestFor())).toMatchObject({ outcome: 'rejected', reason: 'provider_unavailable' });
      });

      test('after a 500 it may have the message: uncertain, and not sent again', async () => {
        const before = standIn.carried.length;
        standIn.meets('broken');
        expect(await settled(adapter.send(requestFor()))).toEqual({ outcome: 'uncertain' });
        expect(standIn.carried.length).toBe(before + 1);
      });
    }

    test('one that never answers is given up when our patience is over: uncertain', async () => {
      const patience = new AbortController();
      standIn.meets('hangs');
      const answer = settled(adapter.send(requestFor(patience.signal)));
      setTimeout(() => patience.abort(), 100);
      expect(await answer).toEqual({ outcome: 'uncertain' });
    });

    test('nobody there: surely not sent', async () => {
      const gone = await under.open({ webhookUrl: standIn.webhookUrl });
      const orphan = under.kind.open({ id: 'pac_gone', ...gone.account }, silentWorld());
      await gone.close();
      expect(await orphan.send(requestFor())).toMatchObject({ outcome: 'rejected', reason: 'provider_unavailable' });
      await orphan.close?.();
    });

    if (under.receipts.length > 0) {
      test.each(under.receipts)('its receipt “$status” ($code) is verified and becomes ours', async (told) => {
        const { message } = await sent();
        if (!standIn.webhook) return expect(await overConnection(message, told)).toMatchObject(expectedOf(told));
        const webhook = webhookOf(message, told);
        if (under.signs) expect(adapter.verify?.(webhook)).toBe('genuine');
        const [receipt, ...more] = must(adapter.normalise)(webhook);
        expect(more).toEqual([]);
        expect(judgeReceipt(receipt)).toMatchObject({ ok: true });
        expect(receipt).toMatchObject(expectedOf(told));
        const named = receipt?.ref === message.ref || receipt?.providerMessageId === message.providerMessageId;
        expect(named).toBe(true);
        // Kept for support, but never an address or a text.
        expect(JSON.stringify(receipt)).not.toContain('493021');
        expect(JSON.stringify(receipt)).not.toContain('3351234567');
      });
    }

    if (under.signs) {
      test('one flipped byte, another URL or no signature: not genuine', async () => {
        const { message } = await sent();
        const told = under.receipts[0] as Told;
        const genuine = webhookOf(message, told);
        for (let at = 0; at < genuine.body.length; at += Math.max(1, Math.floor(genuine.body.length / 40))) {
          const body = Buffer.from(genuine.body);
          body[at] = (body[at] as number) ^ 1;
          expect(must(adapter.verify)({ ...genuine, body })).not.toBe('genuine');
        }
        const bare = { ...genuine, headers: { 'content-type': genuine.headers['content-type'] } };
        expect(must(adapter.verify)(bare)).toBe('unsigned');
      });
    }

    for (const told of under.lookups ?? []) {
      test(`asked, it says “${told.status}”`, async () => {
        const { message, request } = await sent();
        standIn.knows(message, told);
        const { ref, channel } = request;
        const { providerMessageId } = message;
        const outcome = await must(adapter.lookup)({ ref, channel, providerMessageId });
        expect(outcome).toMatchObject({ known: 'yes', providerMessageId, news: expectedOf(told) });
      });
    }

    test('its account can be tried without sending anything', async () => {
      if (!adapter.test) return;
      const before = standIn.carried.length;
      expect(await adapter.test()).toMatchObject({ ok: true });
      expect(standIn.carried.length).toBe(before);
    });

    const overConnection = async (message: Carried, told: Told) => {
      received.length = 0;
      standIn.knows(message, told);
      const until = Date.now() + 5_000;
      while (received.length === 0 && Date.now() < until) await new Promise((resolve) => setTimeout(resolve, 10));
      return received[0];
    };
  });
}

function expectedOf({ status, reason, code }: Told & { reason?: Reason }): {
  status: ReceiptStatus;
  reason?: Reason;
  code?: string;
} {
  return { status, ...(reason === undefined ? {} : { reason }), ...(code === undefined ? {} : { code }) };
}

function asRequest({ method, url, headers, body }: Webhook): WebhookRequest {
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return { method, url, query: new URL(url).searchParams, headers: lower, body };
}

/** As activities/ does: a throw leaves open whether the provider has it. */
async function settled(answer: Promise<SendAnswer>): Promise<SendAnswer> {
  return answer.catch(() => ({ outcome: 'uncertain' }));
}

function must<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('it has none');
  return value;
}

function silentWorld() {
  return {
    callbackUrl: () => PUBLIC_URL,
    secretUrl: () => PUBLIC_URL,
    receive: async () => {},
    unknownCode: () => {},
    onFault: () => {},
    clock: Date.now,
  };
}
