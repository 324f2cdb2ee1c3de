import iconv from 'iconv-lite';
import { encodings } from 'smpp';
import type { SendRequest } from '../contract';

/** SMPP 3.4, 5.2.5 and 5.2.6: type of number, numbering plan. */
interface SourceSettings {
  sourceAddress: string;
  sourceTon?: number;
  sourceNpi?: number;
}

const INTERNATIONAL = { ton: 1, npi: 1 } as const;
const SHORT_CODE = { ton: 3, npi: 0 } as const;
const ALPHANUMERIC = { ton: 5, npi: 0 } as const;

/** `submit_sm` (4.4.1). @returns null where there is no text or no number to send to */
export function submitOf(
  { address, content, validitySeconds }: SendRequest,
  { sourceAddress, sourceTon, sourceNpi }: SourceSettings,
): Record<string, unknown> | null {
  const number = /^\+?(\d{3,20})$/.exec(address)?.[1];
  if (number === undefined || !content.text) return null;
  const source = kindOf(sourceAddress);
  return {
    source_addr_ton: sourceTon ?? source.ton,
    source_addr_npi: sourceNpi ?? source.npi,
    source_addr: sourceAddress.replace(/^\+/, ''),
    dest_addr_ton: INTERNATIONAL.ton,
    dest_addr_npi: INTERNATIONAL.npi,
    destination_addr: number,
    // A receipt whatever comes of it (5.2.17).
    registered_delivery: 1,
    validity_period: relativeTime(validitySeconds),
    ...written(content.text, content.message?.encoding),
  };
}

function kindOf(source: string): { ton: number; npi: number } {
  if (!/^\+?\d+$/.test(source)) return ALPHANUMERIC;
  return source.startsWith('+') || source.length > 8 ? INTERNATIONAL : SHORT_CODE;
}

/** 7.1.1.2: `YYMMDDhhmmsstnnR`, from now on. */
export function relativeTime(seconds: number): string {
  const whole = Math.max(1, Math.ceil(seconds));
  const two = (value: number) => String(value).padStart(2, '0');
  const [days, hours] = [Math.floor(whole / 86_400), Math.floor(whole / 3600) % 24];
  return `0000${two(Math.min(days, 99))}${two(hours)}${two(Math.floor(whole / 60) % 60)}${two(whole % 60)}000R`;
}

/** 5.2.19. What is longer than one short message goes whole in `message_payload`, so that there is one receipt. */
function written(text: string, encoding: string | undefined): Record<string, unknown> {
  const { bytes, data_coding, most } = encoded(text, encoding);
  const where = bytes.length > most ? { message_payload: bytes } : { short_message: bytes };
  return { data_coding, ...where };
}

function encoded(text: string, encoding: string | undefined): { bytes: Buffer; data_coding: number; most: number } {
  if (encoding === 'EUC-KR') return { bytes: iconv.encode(text, 'euc-kr'), data_coding: 14, most: 140 };
  // Never a character lost: what GSM 03.38 has not is written in UCS-2, whatever was thought before.
  if (encoding !== 'UCS-2' && encodings.ASCII.match(text)) {
    return { bytes: encodings.ASCII.encode(text), data_coding: 0, most: 160 };
  }
  return { bytes: encodings.UCS2.encode(text), data_coding: 8, most: 140 };
}
