import type { ProviderAdapter, ProviderWorld, SendRequest } from '../../providers/contract';
import { twilio } from '../../providers/twilio/twilio';
import type { Carried } from '../stand-ins/stand-in';
import { openTwilio, type TwilioStandIn } from '../stand-ins/twilio';

/** A stand-in of Twilio and an account that speaks to it, anew for each test. */
export interface TwilioInUse {
  readonly standIn: TwilioStandIn;
  readonly adapter: ProviderAdapter;
  readonly unknownCodes: string[];
  /** Another account on the same stand-in. */
  opened(settings?: object, credentials?: Record<string, string>): ProviderAdapter;
  /** What was carried, and its fields as they came. */
  sent(differently?: Partial<SendRequest>, by?: ProviderAdapter): Promise<{ message: Carried; fields: Fields }>;
  /** What the stand-in complained of, where a test means it to. */
  complaintsTaken(): string[];
}

type Fields = Readonly<Record<string, string>>;

export function requestFor(differently: Partial<SendRequest> = {}): SendRequest {
  return {
    ref: 'a-reference',
    invocationId: 'inv_01M7Y1MAF7QZEEWJM03S1G5EGH',
    step: 'first',
    attempt: 1,
    mode: 'live',
    purpose: 'otp',
    channel: 'sms',
    address: '+393351234567',
    recipient: {},
    template: 'tpl_test',
    content: { text: 'Your code is 493021.' },
    validitySeconds: 60,
    script: null,
    signal: new AbortController().signal,
    ...differently,
  };
}

/** To be called in a `describe`. A request that the documentation does not allow fails the test. */
export function useTwilio(): TwilioInUse {
  let standIn: TwilioStandIn;
  let adapter: ProviderAdapter;
  const unknownCodes: string[] = [];
  const world: ProviderWorld = {
    callbackUrl: (ref) => `http://onward.test/v1/receipts/twilio?ref=${ref}`,
    secretUrl: () => '',
    receive: async () => {},
    unknownCode: (code) => void unknownCodes.push(code),
    onFault: () => {},
    clock: Date.now,
  };
  const opened: TwilioInUse['opened'] = (settings = {}, credentials = {}) =>
    twilio.open(
      {
        id: 'pac_test',
        settings: { ...standIn.account.settings, ...settings },
        credentials: { ...standIn.account.credentials, ...credentials },
      },
      world,
    );

  beforeEach(async () => {
    standIn = await openTwilio({ webhookUrl: 'http://onward.test/v1/receipts/twilio' });
    adapter = opened();
    unknownCodes.length = 0;
  });
  afterEach(async () => {
    await standIn.close();
    expect(standIn.complaints).toEqual([]);
  });

  return {
    get standIn() {
      return standIn;
    },
    get adapter() {
      return adapter;
    },
    unknownCodes,
    opened,
    async sent(differently = {}, by = adapter) {
      await by.send(requestFor(differently));
      const message = standIn.carried.at(-1);
      if (!message) throw new Error('nothing was carried');
      return { message, fields: message.raw as Fields };
    },
    complaintsTaken: () => (standIn.complaints as string[]).splice(0),
  };
}
