import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomFillSync } from 'node:crypto';
import { createBoundedMap } from './bounded-map';

/** Keeps addresses and variables unreadable in the files, and findable without being stored. */
export interface Seal {
  seal(plain: string): Buffer;
  /** As `seal`, once for a receipt on its way from the log into the store: both keep the same bytes. */
  sealReceipt(plain: string): Buffer;
  /** @throws when it was sealed with another secret, or was altered */
  open(sealed: Buffer): string;
  /** A keyed hash (22 characters) of an address, the same however the address is written. */
  hash(text: string): string;
}

const VERSION = 1;
const BYTES = { version: 1, salt: 16, nonce: 12, tag: 16, hash: 16 } as const;
const HEAD_BYTES = BYTES.version + BYTES.salt + BYTES.nonce + BYTES.tag;
/** NIST SP 800-38D, 8.3: at most 2^32 messages a key with random nonces. We stay far below. */
const SEALS_PER_KEY = 2 ** 28;
const NONCES_DRAWN_AT_ONCE = 256;
const KEYS_HELD = 64;
/** On their way from the log into the store; a longer one is sealed twice. */
const RECEIPTS_HELD = 256;
const RECEIPT_CHARACTERS_HELD = 8_192;

/**
 * AES-256-GCM; each process, and each 2^28 messages, has a key of its own, derived by HKDF-SHA256 (RFC 5869) from the
 * secret and a random salt that stands in the sealed bytes: version 1 | salt 16 | nonce 12 | tag 16 | text.
 */
export function createSeal(secret: Buffer | string): Seal {
  const keyFor = keysOf(secret);
  const hashKey = derive(secret, Buffer.alloc(0), 'onward address hash');
  const nextNonce = drawNonces();
  let salt = randomFillSync(Buffer.alloc(BYTES.salt));
  let sealed = 0;

  const receipts = createBoundedMap<string, Buffer>(RECEIPTS_HELD);

  function seal(plain: string): Buffer {
    if (sealed++ >= SEALS_PER_KEY) {
      salt = randomFillSync(Buffer.alloc(BYTES.salt));
      sealed = 1;
    }
    const nonce = nextNonce();
    const cipher = createCipheriv('aes-256-gcm', keyFor(salt), nonce);
    const text = cipher.update(plain, 'utf8');
    cipher.final();
    return Buffer.concat([Buffer.of(VERSION), salt, nonce, cipher.getAuthTag(), text]);
  }

  return {
    seal,

    sealReceipt(plain) {
      if (plain.length > RECEIPT_CHARACTERS_HELD) return seal(plain);
      const held = receipts.get(plain) ?? seal(plain);
      receipts.set(plain, held);
      return held;
    },

    open(bytes) {
      if (bytes.length < HEAD_BYTES || bytes[0] !== VERSION) throw new Error('not sealed by this version of Onward');
      const nonceAt = BYTES.version + BYTES.salt;
      const tagAt = nonceAt + BYTES.nonce;
      const key = keyFor(bytes.subarray(BYTES.version, nonceAt));
      const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(nonceAt, tagAt));
      decipher.setAuthTag(bytes.subarray(tagAt, HEAD_BYTES));
      return decipher.update(bytes.subarray(HEAD_BYTES), undefined, 'utf8') + decipher.final('utf8');
    },

    hash(text) {
      return createHmac('sha256', hashKey).update(normalise(text)).digest().toString('base64url', 0, BYTES.hash);
    },
  };
}

/** Phones lose what people put between the digits, mail addresses their case; any other text stays as it is. */
function normalise(address: string): string {
  const text = address.trim();
  if (text.startsWith('+')) return `+${text.replace(/\D/g, '')}`;
  return text.includes('@') ? text.toLowerCase() : text;
}

function derive(secret: Buffer | string, salt: Buffer, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, salt, purpose, 32));
}

/** The keys by salt: one for each process that ever sealed, the newest held. */
function keysOf(secret: Buffer | string): (salt: Buffer) => Buffer {
  const held = new Map<string, Buffer>();
  return (salt) => {
    const name = salt.toString('latin1');
    let key = held.get(name);
    if (!key) {
      key = derive(secret, salt, 'onward seal');
      const oldest = held.size >= KEYS_HELD ? held.keys().next() : null;
      if (oldest && !oldest.done) held.delete(oldest.value);
      held.set(name, key);
    }
    return key;
  };
}

/** Random bytes are drawn for many nonces at once: a call for each costs as much as the sealing. */
function drawNonces(): () => Buffer {
  const pool = Buffer.alloc(BYTES.nonce * NONCES_DRAWN_AT_ONCE);
  let at = pool.length;
  return () => {
    if (at === pool.length) {
      randomFillSync(pool);
      at = 0;
    }
    const nonce = Buffer.from(pool.subarray(at, at + BYTES.nonce));
    at += BYTES.nonce;
    return nonce;
  };
}
