import { hkdfSync } from 'node:crypto';
import type { Payload, PayloadCodec } from '@temporalio/common';
import { CODEC_PATH, type JsonPayload, type PayloadCodecService, type Recoded } from './contract';
import { PayloadUnreadable } from './payload-unreadable';

/** 192 bits, as the keys have. */
const TOKEN_BYTES = 24;

/**
 * The token that opens the codec endpoint, base64url, the same for every process with this secret. HKDF-SHA256 is HMAC
 * all through: the token tells nothing of the secret or of the keys that are made of it.
 */
export function codecToken(secret: string | Buffer): string {
  return Buffer.from(hkdfSync('sha256', secret, '', 'onward temporal codec endpoint', TOKEN_BYTES)).toString(
    'base64url',
  );
}

/** What `temporal --codec-endpoint` and the Temporal UI are given. `publicUrl` has no slash at the end. */
export function codecEndpointOf(secret: string | Buffer, publicUrl: string): string {
  return `${publicUrl}${CODEC_PATH}/${codecToken(secret)}`;
}

/** The codec for callers that speak JSON. */
export function createCodecService(codec: PayloadCodec, secret: string | Buffer): PayloadCodecService {
  return {
    token: codecToken(secret),
    decode: (payloads) => recode(payloads, (given) => codec.decode(given)),
    encode: (payloads) => recode(payloads, (given) => codec.encode(given)),
  };
}

async function recode(
  payloads: readonly JsonPayload[],
  work: (payloads: Payload[]) => Promise<Payload[]>,
): Promise<Recoded> {
  const given = payloads.map(fromJson);
  try {
    const done = await work(given);
    // What passed through goes back as it came, with fields that we know nothing of.
    return {
      ok: true,
      payloads: done.map((payload, at) => (payload === given[at] && payloads[at]) || toJson(payload)),
    };
  } catch (error) {
    if (error instanceof PayloadUnreadable) return { ok: false, message: error.message };
    throw error;
  }
}

/** Either alphabet of base64 is read, as protobuf's JSON has it. */
function fromJson({ metadata, data }: JsonPayload): Payload {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value, 'base64')] as const);
  return { metadata: Object.fromEntries(entries), data: Buffer.from(data ?? '', 'base64') };
}

function toJson({ metadata, data }: Payload): JsonPayload {
  const entries = Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)] as const);
  return { metadata: Object.fromEntries(entries), data: base64(data ?? new Uint8Array(0)) };
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
