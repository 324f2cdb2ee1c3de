import type { Receipt } from '../../schemas/receipt';
import type { ProviderWorld, WebhookRequest, WebhookVerdict } from '../contract';
import { sdk } from './sdk';
import { failure } from './send';
import { twilioStatuses } from './statuses';

/** A status callback has some 500 bytes. */
const BODY_BYTES_MAX = 65_536;

/**
 * https://www.twilio.com/docs/usage/webhooks/webhooks-security: the auth token signs the public URL and the parameters of
 * a form, or the URL alone where it carries the hash of a JSON body. The time is not signed: nothing is ever stale.
 */
export function verify(authToken: string, { method, url, query, headers, body }: WebhookRequest): WebhookVerdict {
  const signature = headers['x-twilio-signature'];
  if (signature === undefined || signature === '') return 'unsigned';
  // Whoever calls is not known yet: what is longer than any of Twilio's is not reckoned through.
  if (body.length > BODY_BYTES_MAX) return 'forged';
  const text = body.toString('utf8');
  // The SDK takes text: bytes that are none would stand for others.
  if (typeof signature !== 'string' || !Buffer.from(text, 'utf8').equals(body)) return 'forged';
  const { validateRequest, validateRequestWithBody } = sdk();
  try {
    const genuine = query.has('bodySHA256')
      ? validateRequestWithBody(authToken, signature, url, text)
      : validateRequest(authToken, signature, url, method === 'GET' ? {} : parametersOf(text));
    return genuine ? 'genuine' : 'forged';
  } catch {
    return 'forged';
  }
}

/** Every value of every name, as the SDK sorts and joins them; in one pass, since anybody may send a form of any length. */
function parametersOf(form: string): Record<string, string | string[]> {
  const values = new Map<string, string[]>();
  for (const [name, value] of new URLSearchParams(form)) {
    const before = values.get(name);
    if (before) before.push(value);
    else values.set(name, [value]);
  }
  const parameters: Record<string, string | string[]> = Object.create(null);
  for (const [name, all] of values) parameters[name] = all.length === 1 ? (all[0] ?? '') : all;
  return parameters;
}

/** What support may want to see. No address, no text, and nothing that the channel's provider wrote freely. */
const KEPT = [
  'MessageSid',
  'MessageStatus',
  'ErrorCode',
  'AccountSid',
  'MessagingServiceSid',
  'ApiVersion',
  'ChannelPrefix',
  'ChannelInstallSid',
  'EventType',
  'RawDlrDoneDate',
] as const;

/**
 * https://www.twilio.com/docs/messaging/guides/track-outbound-message-status. `RawDlrDoneDate` has minutes only and no
 * zone, so that no receipt has a time of Twilio's own. A status that says nothing of an outgoing message is no receipt.
 * @throws TypeError for a body without an SID and a status
 */
export function normalise({ query, body }: WebhookRequest, world: Pick<ProviderWorld, 'unknownCode'>): Receipt[] {
  const form = new URLSearchParams(body.toString('utf8'));
  const sid = form.get('MessageSid') ?? form.get('SmsSid');
  const said = form.get('MessageStatus') ?? form.get('SmsStatus');
  if (!sid || !said) throw new TypeError('a status callback of Twilio has a MessageSid and a MessageStatus');
  if (!Object.hasOwn(twilioStatuses, said)) world.unknownCode(said.slice(0, 64));
  const status = Object.hasOwn(twilioStatuses, said) ? twilioStatuses[said] : null;
  if (!status) return [];
  const ref = query.get('ref');
  const code = form.get('ErrorCode')?.slice(0, 64) || null;
  return [
    {
      ...(ref === null ? {} : { ref }),
      provider: 'twilio',
      providerMessageId: sid.slice(0, 200),
      status,
      ...failure(said, code, world.unknownCode),
      raw: Object.fromEntries(KEPT.flatMap((name) => (form.has(name) ? [[name, form.get(name)]] : []))),
    },
  ];
}
