import { encodings, type Pdu } from 'smpp';
import type { Receipt } from '../../schemas/receipt';
import type { Reason } from '../../schemas/vocabulary';
import { MESSAGE_STATES, stateName } from './tables';

export interface ReceiptReading {
  /** The SMSC's own `err` codes. */
  errors?: Readonly<Record<string, Reason>>;
  /** What the SMSC's clock shows; left out, its times are of no zone and are not used. */
  utcOffsetMinutes?: number;
  receiptIds?: 'same' | 'decimal';
}

/** SMPP 3.4, 5.2.12: bits 5 to 2 of `esm_class`. */
const KIND_OF_MESSAGE = 0x3c;
const RECEIPT = 0x04;

export function isReceipt(pdu: Pdu): boolean {
  return pdu.receipted_message_id !== undefined || ((pdu.esm_class ?? 0) & KIND_OF_MESSAGE) === RECEIPT;
}

/**
 * A receipt by its optional parameters, and by the text of Appendix B, which every SMSC writes a little otherwise:
 * `id:… sub:001 dlvrd:001 submit date:YYMMDDhhmm done date:YYMMDDhhmm stat:DELIVRD err:000 text:…`
 * @returns null for one that says nothing that a receipt could say
 * @throws TypeError for one that names no message
 */
export function receiptOf(pdu: Pdu, reading: ReceiptReading, unknown: (code: string) => void): Receipt | null {
  const fields = fieldsIn(textOf(pdu));
  const id = pdu.receipted_message_id || sameId(fields.id, reading);
  if (!id || id.length > 200) throw new TypeError('a receipt that names no message');
  const named = pdu.message_state === undefined ? null : stateName(pdu.message_state);
  const stat = named ?? fields.stat?.toUpperCase() ?? null;
  if (stat === null) throw new TypeError('a receipt without a state');
  if (!Object.hasOwn(MESSAGE_STATES, stat)) {
    unknown(stat.slice(0, 64));
    return null;
  }
  const { status = null, reason = null } = MESSAGE_STATES[stat] ?? {};
  if (status === null) return null;
  const err = fields.err?.slice(0, 64) ?? null;
  const known = err !== null && Object.hasOwn(reading.errors ?? {}, err) ? reading.errors?.[err] : undefined;
  const at = doneAt(fields.doneDate, reading.utcOffsetMinutes);
  return {
    provider: 'smpp',
    providerMessageId: id,
    status,
    reason: reason === null ? null : (known ?? reason),
    code: err ?? stat,
    ...(at === null ? {} : { at }),
    // Not the text: it begins with what the person was sent.
    raw: { stat, ...(err === null ? {} : { err }) },
  };
}

/** As `submit_sm_resp` gave it: many an SMSC writes it in hexadecimal there, and in decimal here. */
export function sameId(id: string | undefined, { receiptIds }: ReceiptReading): string | undefined {
  return receiptIds === 'decimal' && id !== undefined && /^\d{1,40}$/.test(id) ? BigInt(id).toString(16) : id;
}

/** The other side of `sameId`. */
export function submittedId(id: string, { receiptIds }: ReceiptReading): string {
  return receiptIds === 'decimal' ? id.toLowerCase().replace(/^0+(?=.)/, '') : id;
}

function fieldsIn(text: string) {
  // The person's own text comes last, and may have anything in it.
  const head = text.split(/\btext:/i)[0] ?? '';
  const field = (name: string) => new RegExp(`\\b${name}:\\s*([^\\s]+)`, 'i').exec(head)?.[1];
  return { id: field('id'), stat: field('stat'), err: field('err'), doneDate: field('done date') };
}

/** The text as it was sent. The package reads ASCII as GSM 03.38, in which "_" is another letter. */
function textOf({ short_message, message_payload, data_coding = 0 }: Pdu): string {
  const inPayload = message_payload instanceof Uint8Array ? message_payload : message_payload?.message;
  const message = short_message?.message.length ? short_message.message : (inPayload ?? '');
  if (typeof message !== 'string') return Buffer.from(message).toString('latin1');
  return (data_coding & 0x0f) <= 1 ? encodings.ASCII.encode(message).toString('latin1') : message;
}

/** YYMMDDhhmm, and the seconds where they are told. */
function doneAt(text: string | undefined, offset: number | undefined): string | null {
  const match = /^(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?$/.exec(text ?? '');
  if (!match || offset === undefined) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part) => Number(part ?? 0));
  const at = Date.UTC(2000 + year, month - 1, day, hour, minute, second);
  return new Date(at - offset * 60_000).toISOString();
}
