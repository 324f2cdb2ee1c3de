import type { Twilio } from 'twilio';
import type { LookupOutcome, News } from '../../core/input';
import type { ProviderFacts } from '../../core/provider-facts';
import type { Channel, Reason } from '../../schemas/vocabulary';
import { reasonOf } from '../codes';
import type { MessageHandle, ProviderWorld, SendAnswer, SendRequest } from '../contract';
import { type Answer, byHttpStatus, retryAfterMs } from '../http-call';
import type { TwilioSettings } from './account';
import type { TwilioApi } from './api';
import { twilioCodes } from './codes';
import { twilioStatuses } from './statuses';

type Message = Awaited<ReturnType<Twilio['messages']['create']>>;
type MessageFields = Parameters<Twilio['messages']['create']>[0];
type Rejected = Extract<SendAnswer, { outcome: 'rejected' }>;

interface Carrier {
  api: TwilioApi;
  settings: TwilioSettings;
  facts: ProviderFacts;
  world: Pick<ProviderWorld, 'callbackUrl' | 'unknownCode'>;
}

/**
 * https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides: five more tries of a webhook that could not be
 * delivered, whatever the cause, in place of one. Being a fragment it is neither part of the request nor of what is signed.
 */
const PERSISTENT = '#rc=5&rp=all';

/** https://www.twilio.com/docs/messaging/api/message-resource#create-a-message-resource */
export async function send(carrier: Carrier, request: SendRequest): Promise<SendAnswer> {
  const fields = fieldsOf(carrier, request);
  if (typeof fields === 'string') return locally(fields);
  const exchanged = await carrier.api.ask((client) => client.messages.create(fields), { signal: request.signal });
  if (!exchanged.ok) return refusal(exchanged.answer, exchanged.code, carrier.world);
  const { value: message } = exchanged;
  const { reason, code } = failureOf(message, carrier.world);
  if (reason !== null) return { outcome: 'rejected', reason, code, retryAfterMs: null };
  return { outcome: 'accepted', providerMessageId: message.sid, costMicros: costOf(message, carrier.facts) };
}

/** Never throws for "cannot tell". Without Twilio's own SID it cannot be asked: our reference is not among what it finds by. */
export async function lookup({ api, facts, world }: Carrier, message: MessageHandle): Promise<LookupOutcome> {
  const { providerMessageId } = message;
  if (providerMessageId === null) return { known: 'unknown' };
  try {
    const exchanged = await api.ask((client) => client.messages(providerMessageId).fetch());
    if (exchanged.ok) return known(exchanged.value, facts, world);
    return exchanged.answer.status === 404 ? { known: 'no' } : { known: 'unknown' };
  } catch {
    return { known: 'unknown' };
  }
}

function known(message: Message, facts: ProviderFacts, world: Carrier['world']): LookupOutcome {
  const status = Object.hasOwn(twilioStatuses, message.status) ? twilioStatuses[message.status] : null;
  const costMicros = costOf(message, facts);
  const outcome = { known: 'yes', providerMessageId: message.sid, costMicros } as const;
  // What still waits at Twilio is no news of a message that was accepted.
  if (!status || status === 'accepted') return outcome;
  const at = message.dateUpdated instanceof Date ? message.dateUpdated.getTime() : Number.NaN;
  const news: News = { status, ...failureOf(message, world), at: Number.isNaN(at) ? null : at };
  return { ...outcome, news };
}

/** What Twilio is told; or its code for why it could not take that, where it need not be asked. */
function fieldsOf({ settings, world }: Carrier, request: SendRequest): MessageFields | '21603' | '21619' {
  const { channel, address, content, ref, validitySeconds } = request;
  const sender = senderOf(settings, channel);
  if (!sender) return '21603';
  const fields = {
    ...sender,
    to: `${prefixOf(channel)}${address}`,
    statusCallback: `${world.callbackUrl(ref)}${PERSISTENT}`,
    validityPeriod: Math.min(36_000, Math.max(1, Math.floor(validitySeconds))),
  };
  const { twilio: template, text } = content;
  if (template) {
    const { contentSid, variables } = template;
    return { ...fields, contentSid, ...(variables && { contentVariables: JSON.stringify(variables) }) };
  }
  return text ? { ...fields, body: text } : '21619';
}

/** https://www.twilio.com/docs/messaging/channels: the address of a channel other than SMS begins with its name. */
function prefixOf(channel: Channel): string {
  return channel === 'whatsapp' || channel === 'rcs' ? `${channel}:` : '';
}

/**
 * An RCS sender that is named itself, to an address with `rcs:`, does not fall back to SMS at Twilio
 * (https://www.twilio.com/docs/rcs/send-an-rcs-message): falling back is the flow's.
 */
function senderOf(
  settings: TwilioSettings,
  channel: Channel,
): Pick<MessageFields, 'from' | 'messagingServiceSid'> | null {
  const { from, whatsappFrom, rcsFrom, messagingServiceSid } = settings;
  const own = channel === 'whatsapp' ? whatsappFrom : channel === 'rcs' ? rcsFrom : undefined;
  const prefix = prefixOf(channel);
  if (own) return { from: own.startsWith(prefix) ? own : `${prefix}${own}` };
  if (prefix) return messagingServiceSid ? { messagingServiceSid } : null;
  if (!from && !messagingServiceSid) return null;
  return { ...(from && { from }), ...(messagingServiceSid && { messagingServiceSid }) };
}

function locally(code: '21603' | '21619'): Rejected {
  return { outcome: 'rejected', reason: reasonOf(twilioCodes, code, () => {}), code, retryAfterMs: null };
}

/** Twilio's code says more than the status does; but after a 5xx the status alone says whether it may have the message. */
function refusal(answer: Answer, code: string | null, world: Carrier['world']): SendAnswer {
  const byStatus = byHttpStatus(answer, code);
  if (answer.status >= 500 && byStatus) return byStatus;
  const given = code ?? String(answer.status);
  const reason = reasonOf(twilioCodes, given, world.unknownCode);
  if (reason === 'unknown' && byStatus) return byStatus;
  return { outcome: 'rejected', reason, code: given, retryAfterMs: retryAfterMs(answer.headers.get('retry-after')) };
}

/** Of a message that has failed; null and null of any other. */
function failureOf(message: Message, world: Carrier['world']): { reason: Reason | null; code: string | null } {
  return failure(message.status, message.errorCode ? String(message.errorCode) : null, world.unknownCode);
}

/** Why a message with this status failed. @param code Twilio's error code, where it gave one */
export function failure(
  status: string,
  code: string | null,
  unknownCode: (code: string) => void,
): { reason: Reason | null; code: string | null } {
  const ours = Object.hasOwn(twilioStatuses, status) ? twilioStatuses[status] : null;
  if (ours !== 'failed' && ours !== 'undelivered') return { reason: null, code };
  if (code !== null) return { reason: reasonOf(twilioCodes, code, unknownCode), code };
  return { reason: status === 'canceled' ? 'provider_rejected' : 'unknown', code };
}

/** Twilio counts what it charges as negative, once it knows; in the currency of the account. Another one is not ours to convert. */
function costOf({ price, priceUnit }: Message, { currency }: ProviderFacts): number | null {
  if (!price || priceUnit?.toUpperCase() !== currency) return null;
  const micros = Math.round(Math.abs(Number(price)) * 1_000_000);
  return Number.isSafeInteger(micros) ? micros : null;
}
