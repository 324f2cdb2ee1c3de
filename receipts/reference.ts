import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import type { References } from './contract';

const MAC_BYTES = 16;
const SHAPE = /^(inv_[0-9A-Z]{26})\.(\d{1,3})\.(\d{1,4})\.([\w-]{22})$/;

/** References signed with a key of their own, derived from the secret: a receipt needs no look-up to find its run. */
export function createReferences(secret: string): References {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'onward attempt references', 32));
  const mac = (text: string) => createHmac('sha256', key).update(text).digest().subarray(0, MAC_BYTES);
  return {
    sign({ invocationId, step, attempt }) {
      const text = `${invocationId}.${step}.${attempt}`;
      return `${text}.${mac(text).toString('base64url')}`;
    },
    verify(text) {
      const match = SHAPE.exec(text);
      if (!match) return null;
      const [, invocationId = '', step = '', attempt = '', given = ''] = match;
      // As text: the last character of base64url has spare bits, by which another text would decode to the same bytes.
      const right = Buffer.from(mac(`${invocationId}.${step}.${attempt}`).toString('base64url'));
      if (!timingSafeEqual(Buffer.from(given), right)) return null;
      return { invocationId, step: Number(step), attempt: Number(attempt) };
    },
  };
}
