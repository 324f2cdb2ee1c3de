import type { ProviderFacts } from '../core/provider-facts';
import { CHANNELS, type Channel, type Provider, RECEIPT_STATUSES, type ReceiptStatus } from '../schemas/vocabulary';

/**
 * What one message is reckoned at, in micros EUR, until a provider says what it billed. True prices differ by country
 * and contract; with one table for all, a worst case is the same whichever provider a flow names.
 */
const RECKONED_MICROS: Record<Channel, number> = {
  sms: 35_500,
  lms: 35_500,
  xms: 35_500,
  whatsapp: 35_500,
  rcs: 35_500,
  messenger: 35_500,
  email: 500,
  push: 500,
  inapp: 500,
  webhook: 500,
};
const CURRENCY = 'EUR';

const everyReceipt = Object.fromEntries(CHANNELS.map((channel) => [channel, RECEIPT_STATUSES]));

/**
 * https://www.twilio.com/docs/messaging/guides/track-outbound-message-status; ValidityPeriod of the Message resource. A
 * webhook is called once, and once more where it does not connect (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides).
 */
const twilioText: readonly ReceiptStatus[] = ['accepted', 'sent', 'delivered', 'undelivered', 'failed'];
const twilio: ProviderFacts = {
  provider: 'twilio',
  receipts: {
    sms: twilioText,
    xms: twilioText,
    whatsapp: [...twilioText, 'read'],
    rcs: [...twilioText, 'read'],
  },
  statusPolicy: 'success_wins',
  validitySeconds: { min: 1, max: 36_000 },
  recall: false,
  lookup: true,
  reconcile: true,
  redelivers: false,
  costMicros: RECKONED_MICROS,
  currency: CURRENCY,
};

/**
 * https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event: processed, delivered, bounce, dropped,
 * open, click. A mailbox may take a message and bounce it afterwards, so that a bounce stands against `delivered`. Events
 * that got no 2xx are posted again for 24 hours.
 */
const sendgrid: ProviderFacts = {
  provider: 'sendgrid',
  receipts: { email: ['accepted', 'delivered', 'read', 'clicked', 'undelivered', 'failed'] },
  statusPolicy: 'failure_wins',
  validitySeconds: null,
  recall: false,
  lookup: false,
  reconcile: false,
  redelivers: true,
  costMicros: RECKONED_MICROS,
  currency: CURRENCY,
};

/**
 * https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/reference/messages/status; replies
 * are messages with a `context`. A time to live belongs to the template (authentication 30-900 s, utility 30 s-12 h,
 * marketing 12 h-30 d: …/whatsapp/templates/time-to-live), and a send takes none; only the beta of Direct Send does, for
 * texts. No way to fetch a status again; webhooks are repeated for up to 7 days.
 */
const whatsappCloud: ProviderFacts = {
  provider: 'whatsapp-cloud',
  receipts: { whatsapp: ['accepted', 'sent', 'delivered', 'read', 'replied', 'failed'] },
  statusPolicy: 'success_wins',
  validitySeconds: null,
  recall: false,
  lookup: false,
  reconcile: false,
  redelivers: true,
  costMicros: RECKONED_MICROS,
  currency: CURRENCY,
};

/**
 * https://firebase.google.com/docs/cloud-messaging/concept-options#ttl: at most four weeks. Failures are told in the
 * send's own answer; after it there is silence, unless the app itself acknowledges through `POST /v1/receipts`.
 */
const fcm: ProviderFacts = {
  provider: 'fcm',
  receipts: { push: ['accepted'] },
  statusPolicy: 'success_wins',
  validitySeconds: { min: 1, max: 2_419_200 },
  recall: false,
  lookup: false,
  reconcile: false,
  redelivers: true,
  costMicros: RECKONED_MICROS,
  currency: CURRENCY,
};

/**
 * https://developers.line.biz/en/docs/partner-docs/line-notification-messages/: a `delivery` event, nothing negative;
 * and for a push to a LINE user ID not even that. Redelivery is off unless its channel turns it on.
 */
const line: ProviderFacts = {
  provider: 'line',
  receipts: { messenger: ['accepted', 'delivered'] },
  statusPolicy: 'success_wins',
  validitySeconds: null,
  recall: false,
  lookup: false,
  reconcile: false,
  redelivers: false,
  costMicros: RECKONED_MICROS,
  currency: CURRENCY,
};

/** https://developers.solapi.dev (message reports); Kakao messages are its `messenger`. */
const solapiText: readonly ReceiptStatus[] = ['accepted', 'sent', 'delivered', 'undelivered', 'failed'];
const solapi: ProviderFacts = {
  provider: 'solapi',
  receipts: { sms: solapiText, lms: solapiText, xms: solapiText, messenger: solapiText },
  statusPolicy: 'success_wins',
  validitySeconds: null,
  recall: false,
  lookup: false,
  reconcile: true,
  redelivers: false,
  costMicros: RECKONED_MICROS,
  currency: CURRENCY,
};

/** An SMSC by SMPP 3.4: receipts come over the connection itself, and what is not acknowledged comes again. */
const smppText: readonly ReceiptStatus[] = [...solapiText, 'rejected', 'expired'];
const smpp: ProviderFacts = {
  provider: 'smpp',
  receipts: { sms: smppText, xms: smppText },
  statusPolicy: 'success_wins',
  validitySeconds: { min: 1, max: 604_800 },
  recall: false,
  lookup: false,
  reconcile: false,
  redelivers: true,
  costMicros: RECKONED_MICROS,
  currency: CURRENCY,
};

/** A gateway of one's own, by configuration: whatever it writes to `POST /v1/receipts`. */
const http: ProviderFacts = {
  provider: 'http',
  receipts: everyReceipt,
  statusPolicy: 'success_wins',
  validitySeconds: null,
  recall: false,
  lookup: false,
  reconcile: false,
  redelivers: false,
  costMicros: RECKONED_MICROS,
  currency: CURRENCY,
};

/** Our own inbox. A person who is away makes no receipt, so that nothing negative comes. */
const inapp: ProviderFacts = {
  provider: 'inapp',
  receipts: { inapp: ['accepted', 'delivered', 'read', 'clicked'] },
  statusPolicy: 'success_wins',
  validitySeconds: { min: 1, max: 604_800 },
  recall: false,
  lookup: true,
  reconcile: false,
  redelivers: true,
  costMicros: RECKONED_MICROS,
  currency: CURRENCY,
};

/** Scripts outcomes; does all that any provider does (design: "Test keys and the sandbox"). */
const sandbox: ProviderFacts = {
  provider: 'sandbox',
  receipts: everyReceipt,
  statusPolicy: 'success_wins',
  validitySeconds: { min: 1, max: 604_800 },
  recall: true,
  lookup: true,
  reconcile: false,
  redelivers: true,
  costMicros: RECKONED_MICROS,
  currency: CURRENCY,
};

/** All providers as data: `lint`, `worstCase` and the ladder judge by it, whether or not an account is set up. */
export const PROVIDER_CATALOG = {
  twilio,
  sendgrid,
  'whatsapp-cloud': whatsappCloud,
  fcm,
  line,
  solapi,
  smpp,
  http,
  inapp,
  sandbox,
} satisfies Record<Provider, ProviderFacts>;
