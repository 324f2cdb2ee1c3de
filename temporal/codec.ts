import { createCipheriv, createDecipheriv, hkdfSync, randomFillSync } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';
import { PayloadUnreadable } from './payload-unreadable';

const { Payload: PayloadMessage } = temporal.api.common.v1;

/** As Temporal's own samples name them. */
const ENCODING = Buffer.from('binary/encrypted');
const CIPHER = Buffer.from('AES-256-GCM');
const META = { encoding: 'encoding', cipher: 'encryption-cipher', keyId: 'encryption-key-id' } as const;

const BYTES = { salt: 16, nonce: 12, tag: 16, keyId: 6 } as const;
const NONCE_AT = BYTES.salt;
const TAG_AT = NONCE_AT + BYTES.nonce;
const HEAD_BYTES = TAG_AT + BYTES.tag;
/**
 * NIST SP 800-38D, 8.3: at most 2^32 messages a key with random nonces. At 20 payloads an invocation one key for all
 * processes would be there within days of 1,000 invocations/s; so each process, and each 2^28 payloads, has its own.
 */
const PAYLOADS_PER_KEY = 2 ** 28;
const KEYS_HELD = 256;

/**
 * AES-256-GCM over the whole payload, metadata included; keys by HKDF-SHA256 (RFC 5869) from the secret and a random
 * salt. Encrypted data is salt 16 | nonce 12 | tag 16 | text. What is not encrypted passes through `decode` as it is.
 * `decode` rejects with PayloadUnreadable where a payload was written with another secret, or was altered.
 * @see https://docs.temporal.io/payload-codec
 */
export function createPayloadCodec(secret: string | Buffer): PayloadCodec {
  const keyFor = keysOf(secret);
  const keyId = Buffer.from(derive(secret, '', 'onward temporal key id', BYTES.keyId).toString('hex'));
  const nextSalt = saltsOfThisProcess();

  const seal = (payload: Payload): Payload => {
    const plain = PayloadMessage.encode(payload).finish();
    const data = Buffer.allocUnsafe(HEAD_BYTES + plain.length);
    const salt = nextSalt();
    salt.copy(data);
    const nonce = randomFillSync(data.subarray(NONCE_AT, TAG_AT));
    const cipher = createCipheriv('aes-256-gcm', keyFor(salt), nonce);
    cipher.update(plain).copy(data, HEAD_BYTES);
    cipher.final();
    cipher.getAuthTag().copy(data, TAG_AT);
    return { metadata: { [META.encoding]: ENCODING, [META.cipher]: CIPHER, [META.keyId]: keyId }, data };
  };

  const open = (payload: Payload): Payload => {
    if (!isEncrypted(payload)) return payload;
    const theirs = payload.metadata?.[META.keyId];
    if (!theirs || !keyId.equals(theirs)) throw new PayloadUnreadable(otherSecret(theirs, keyId));
    const data = asBuffer(payload.data ?? NOTHING);
    if (data.length < HEAD_BYTES) throw new PayloadUnreadable(ALTERED);
    try {
      const key = keyFor(data.subarray(0, NONCE_AT));
      const decipher = createDecipheriv('aes-256-gcm', key, data.subarray(NONCE_AT, TAG_AT));
      decipher.setAuthTag(data.subarray(TAG_AT, HEAD_BYTES));
      const plain = decipher.update(data.subarray(HEAD_BYTES));
      decipher.final();
      return PayloadMessage.decode(plain);
    } catch (cause) {
      throw new PayloadUnreadable(ALTERED, { cause });
    }
  };

  return {
    encode: async (payloads) => payloads.map(seal),
    decode: async (payloads) => payloads.map(open),
  };
}

const NOTHING = new Uint8Array(0);
const ALTERED = 'this encrypted payload was altered or cut short since it was written';

function isEncrypted({ metadata }: Payload): boolean {
  const encoding = metadata?.[META.encoding];
  return !!encoding && ENCODING.equals(encoding);
}

/** The ID is foreign text: it is quoted only where it is one that we could have written. */
function otherSecret(theirs: Uint8Array | null | undefined, ours: Buffer): string {
  const text = theirs ? asBuffer(theirs).toString('latin1') : '';
  const key = /^[0-9a-f]{12}$/.test(text) ? `the key ${text}` : 'a key that is none of ours';
  return `this payload was encrypted with ${key}, and ONWARD_SECRET gives the key ${ours}: it is another secret's`;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function derive(secret: string | Buffer, salt: Buffer | string, purpose: string, bytes: number): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, purpose, bytes));
}

/** The salt for the next payload to be sealed here. */
function saltsOfThisProcess(): () => Buffer {
  let salt = randomFillSync(Buffer.alloc(BYTES.salt));
  let sealed = 0;
  return () => {
    if (sealed++ >= PAYLOADS_PER_KEY) {
      salt = randomFillSync(Buffer.alloc(BYTES.salt));
      sealed = 1;
    }
    return salt;
  };
}

/** The keys by salt: one for each process whose payloads are read here, the newest held. */
function keysOf(secret: string | Buffer): (salt: Buffer) => Buffer {
  const held = new Map<string, Buffer>();
  return (salt) => {
    const name = salt.toString('latin1');
    let key = held.get(name);
    if (!key) {
      key = derive(secret, salt, 'onward temporal payload', 32);
      const oldest = held.size >= KEYS_HELD ? held.keys().next() : null;
      if (oldest && !oldest.done) held.delete(oldest.value);
      held.set(name, key);
    }
    return key;
  };
}
