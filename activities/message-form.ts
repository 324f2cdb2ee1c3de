import { decode, encode } from 'iconv-lite';
import { SegmentedMessage } from 'sms-segments-calculator';
import type { MessageForm } from '../schemas/template';
import type { TextChannel } from '../schemas/vocabulary';

/** What an SMS has room for. 3GPP TS 23.038 (alphabets), TS 23.040 (parts): 160 septets, or 70 UCS-2 units, alone. */
export const SMS_PARTS_MAX = 10;
const GSM_ALONE = 160;
const UCS_ALONE = 70;
/** A part of several has room for 153 septets: a longer text has more than ten parts in either alphabet. */
const SMS_UNITS_MAX = SMS_PARTS_MAX * 153;
/** Korea's carriers, in bytes of EUC-KR (https://developers.solapi.dev, "SMS", "LMS"). */
const KOREAN_SMS_BYTES = 90;
const KOREAN_LMS_BYTES = 2_000;
const KOREA = '+82';

/** The default alphabet of TS 23.038, and the table that follows it: those take two septets each. */
const GSM = /^[@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&'()*+,\-./0-9:;<=>?¡A-ZÄÖÑÜ§¿a-zäöñüà\f^{}\\[~\]|€]*$/;
const GSM_EXTENSION = /[\f^{}\\[~\]|€]/g;
// biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what is meant, all of it.
const ASCII = /^[\x00-\x7f]*$/;

interface Measured {
  /** As the encoding counts: septets of GSM-7, units of UCS-2, characters of EUC-KR. */
  characters: number;
  bytes: number;
}

/** Why a text cannot be sent: it is too long, or has characters that Korea's carriers cannot write. */
export type UnsendableText = 'too_long' | 'not_encodable';

export type Formed = (Measured & { ok: true; form: MessageForm }) | { ok: false; code: UnsendableText };

/**
 * What a rendered text goes out as. `xms` to Korea is an SMS where it fits into one, else an LMS, and an SMS elsewhere.
 * `lms` is Korea's own kind of message, wherever the number is. The text itself is never changed.
 * @param phone E.164; '' where it is not known counts as not Korean
 */
export function formText(channel: TextChannel, text: string, phone: string): Formed {
  const korean = phone.startsWith(KOREA);
  if (!korean && channel !== 'lms') return shortMessage(text);
  const most = channel === 'sms' ? KOREAN_SMS_BYTES : KOREAN_LMS_BYTES;
  // Each character has a byte at least: what is longer need not be encoded to know it.
  const bytes = text.length > most ? most + 1 : eucKrBytes(text);
  if (bytes === null) return { ok: false, code: 'not_encodable' };
  if (bytes > most) return { ok: false, code: 'too_long' };
  const as = channel === 'lms' || bytes > KOREAN_SMS_BYTES ? 'lms' : 'sms';
  return { ok: true, form: { as, encoding: 'EUC-KR', parts: 1 }, characters: text.length, bytes };
}

function shortMessage(text: string): Formed {
  if (text.length > SMS_UNITS_MAX) return { ok: false, code: 'too_long' };
  const gsm = GSM.test(text);
  const encoding = gsm ? 'GSM-7' : 'UCS-2';
  const characters = gsm ? text.length + (text.match(GSM_EXTENSION)?.length ?? 0) : text.length;
  const bytes = gsm ? Math.ceil((characters * 7) / 8) : characters * 2;
  // The library takes its time: a send of one part, as nearly all are, does without it.
  const parts = characters <= (gsm ? GSM_ALONE : UCS_ALONE) ? 1 : new SegmentedMessage(text, encoding).segmentsCount;
  if (parts > SMS_PARTS_MAX) return { ok: false, code: 'too_long' };
  return { ok: true, form: { as: 'sms', encoding, parts }, characters, bytes };
}

/** Null where a character is in no code page of Korea's: EUC-KR with the syllables that CP949 adds to it. */
function eucKrBytes(text: string): number | null {
  if (ASCII.test(text)) return text.length;
  const encoded = encode(text, 'cp949');
  return decode(encoded, 'cp949') === text ? encoded.length : null;
}
