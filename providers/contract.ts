import type { LookupOutcome } from '../core/input';
import type { ProviderFacts } from '../core/provider-facts';
import type { Recipient } from '../schemas/invocation';
import type { Receipt } from '../schemas/receipt';
import type { Channel, Mode, Purpose, Reason } from '../schemas/vocabulary';

/** A message ready to be carried: rendered, with the address that its channel needs. */
export interface SendRequest {
  /** The signed attempt reference: the provider echoes it in its receipts. */
  ref: string;
  invocationId: string;
  step: string;
  attempt: number;
  mode: Mode;
  purpose: Purpose;
  channel: Channel;
  /** The one address of this channel (E.164, e-mail, token …); empty for a channel that needs none. */
  address: string;
  recipient: Recipient;
  template: string;
  content: RenderedContent;
  /** The step's timeout: the message is of no use later. */
  validitySeconds: number;
  /** The sandbox's script for this step, where there is one. */
  script: string | null;
  /** Aborted when our patience is over; the send is uncertain then. */
  signal: AbortSignal;
}

export interface RenderedContent {
  text?: string;
  subject?: string;
  html?: string;
  title?: string;
}

export type SendAnswer =
  | { outcome: 'accepted'; providerMessageId: string | null; costMicros: number | null }
  /** Surely not sent. `code` is the provider's own. */
  | { outcome: 'rejected'; reason: Reason; code: string | null; retryAfterMs: number | null }
  /** The provider may have it. */
  | { outcome: 'uncertain' };

/** One attempt, as a provider is asked about it later. */
export interface MessageHandle {
  ref: string;
  providerMessageId: string | null;
}

export type RecallAnswer = { outcome: 'confirmed' } | { outcome: 'refused'; code: string | null };

/** A webhook as it came: raw bytes are verified, never a re-serialised body. */
export interface WebhookRequest {
  url: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/**
 * Who carries messages. `send` answers or throws; a throw counts as uncertain. Only a send that surely did not happen
 * may be answered as rejected.
 */
export interface ProviderAdapter {
  facts: ProviderFacts;
  send(request: SendRequest): Promise<SendAnswer>;
  /** Takes a message back; resolves once the provider confirmed or refused. */
  recall?(message: MessageHandle): Promise<RecallAnswer>;
  /** Asks the provider by our reference. Never throws for "cannot tell": that is `unknown`. */
  lookup?(message: MessageHandle): Promise<LookupOutcome>;
  /** True when the webhook really is from the provider. */
  verify?(request: WebhookRequest): boolean;
  /** The receipts in a verified webhook; throws a TypeError for a body that is none. */
  normalise?(request: WebhookRequest): Receipt[];
  close?(): Promise<void>;
}

export type ProviderRegistry = ReadonlyMap<string, ProviderAdapter>;

/** One message as the sandbox received it. */
export interface SandboxMessage {
  invocationId: string;
  step: string;
  attempt: number;
  channel: Channel;
  /** The address it was sent to; empty for a channel that needs none. */
  to: string;
  template: string;
  content: RenderedContent;
  providerMessageId: string | null;
  /** Milliseconds since 1970. */
  receivedAt: number;
}
