import type { StandInAnswer, StandInRequest } from './stand-in';

/** https://www.twilio.com/docs/usage/twilios-response#response-formats-exceptions */
export function error(status: number, code: string, message: string): StandInAnswer {
  const more_info = `https://www.twilio.com/docs/errors/${code}`;
  return { status, body: { code: Number(code), message, more_info, status } };
}

/** Everything that the page of the Message resource requires of a request, and Twilio's code for its absence. */
export function wrongWith({ headers }: StandInRequest, form: URLSearchParams): [code: string, message: string] | null {
  const has = (name: string) => (form.get(name) ?? '') !== '';
  if (headers['content-type'] !== 'application/x-www-form-urlencoded') return ['12300', 'Invalid Content-Type'];
  if (!has('To')) return ['21604', "A 'To' phone number is required."];
  if (!has('From') && !has('MessagingServiceSid')) return ['21603', "A 'From' phone number is required."];
  if (!has('Body') && !has('ContentSid')) return ['21619', 'A text message body or media urls must be specified.'];
  if (has('ContentVariables') && !has('ContentSid')) return ['21654', 'ContentSid Required'];
  if (has('ContentSid') && !/^HX[0-9a-f]{32}$/.test(form.get('ContentSid') ?? ''))
    return ['21655', 'The ContentSid is Invalid'];
  if (has('ContentVariables') && !isObject(form.get('ContentVariables')))
    return ['21656', 'Content Variables are invalid'];
  if ((form.get('Body') ?? '').length > 1600) return ['21617', 'The concatenated message body exceeds 1600 characters'];
  if (!isWebAddress(form.get('StatusCallback'))) return ['21609', "The 'StatusCallback' URL is not valid"];
  const validity = Number(form.get('ValidityPeriod') ?? 36_000);
  if (!Number.isInteger(validity) || validity < 1 || validity > 36_000)
    return ['21624', 'Invalid validity period value'];
  if (!/^((whatsapp|rcs):)?[+][1-9][0-9]{1,14}$/.test(form.get('To') ?? ''))
    return ['21211', "Invalid 'To' Phone Number"];
  if (has('From') && channelOf(form.get('From')) !== channelOf(form.get('To'))) {
    return ['21910', "Invalid 'From' and 'To' pair"];
  }
  return null;
}

function isObject(text: string | null): boolean {
  try {
    const value: unknown = JSON.parse(text ?? '');
    return typeof value === 'object' && value !== null && Object.values(value).every((one) => typeof one === 'string');
  } catch {
    return false;
  }
}

function isWebAddress(text: string | null): boolean {
  return text !== null && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}

export function channelOf(address: string | null): string {
  return /^(whatsapp|rcs):/.exec(address ?? '')?.[1] ?? 'sms';
}
