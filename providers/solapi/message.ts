import { parsePhoneNumberFromString } from 'libphonenumber-js';
import type { Reason } from '../../schemas/vocabulary';
import type { SendRequest } from '../contract';

export interface SolapiSettings {
  from: string;
  pfId?: string;
  apiUrl?: string;
}

type Written = { message: Record<string, unknown> } | { refused: Reason; code: string };

/** One message as https://docs.solapi.com/api-reference/messages/sendmany has it, or why there can be none. */
export function messageOf({ channel, address, content, ref }: SendRequest, { from, pfId }: SolapiSettings): Written {
  const to = numberOf(address);
  if (!to) return { refused: 'invalid_address', code: 'not_a_phone_number' };
  // A custom field holds 100 characters; a reference has at most 66.
  const message = { ...to, from, autoTypeDetect: false, customFields: { ref } };
  if (channel === 'messenger') {
    if (!content.kakao) return { refused: 'template_invalid', code: 'no_kakao_content' };
    const { templateId, variables = {} } = content.kakao;
    const kakaoOptions = {
      pfId: content.kakao.pfId || pfId,
      templateId,
      variables: Object.fromEntries(Object.entries(variables).map(([name, value]) => [variableName(name), value])),
      // Falling back to SMS is Onward's affair.
      disableSms: true,
    };
    return { message: { ...message, type: 'ATA', kakaoOptions } };
  }
  if (!content.text) return { refused: 'template_invalid', code: 'no_text' };
  const as = content.message?.as ?? (channel === 'lms' ? 'lms' : 'sms');
  const subject = as === 'lms' && content.subject !== undefined ? { subject: content.subject } : {};
  return { message: { ...message, type: as.toUpperCase(), text: content.text, ...subject } };
}

/** A Korean number as it is dialled there; any other with the code of its country beside it. */
function numberOf(address: string): { to: string; country?: string } | null {
  const number = parsePhoneNumberFromString(address);
  if (!number) return null;
  const { countryCallingCode, nationalNumber } = number;
  if (countryCallingCode === '82') return { to: `0${nationalNumber}` };
  return { to: String(nationalNumber), country: String(countryCallingCode) };
}

/** Kakao's variables are named `#{name}`. */
function variableName(name: string): string {
  return /^#\{.+\}$/.test(name) ? name : `#{${name}}`;
}
