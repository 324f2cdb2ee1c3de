/** Where the codec endpoint stands on the API; its token and the verb come after it. */
export const CODEC_PATH = '/v1/temporal-codec';

/** A payload in the JSON form of protobuf: every value is base64. */
export interface JsonPayload {
  metadata?: Record<string, string> | null;
  data?: string | null;
}

/** A payload that cannot be read is the caller's fault, or another secret's: `message` says which, for a person. */
export type Recoded = { ok: true; payloads: JsonPayload[] } | { ok: false; message: string };

/** What the codec endpoint does for the Temporal UI and CLI, which have no key of ours. */
export interface PayloadCodecService {
  /** Who knows it may decode: it stands in the endpoint's URL and nowhere else. */
  token: string;
  decode(payloads: readonly JsonPayload[]): Promise<Recoded>;
  encode(payloads: readonly JsonPayload[]): Promise<Recoded>;
}
