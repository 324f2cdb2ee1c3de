import type { LookupOutcome } from '../core/input';
import type { ProviderFacts } from '../core/provider-facts';
import type { Recipient } from '../schemas/invocation';
import type { FieldError } from '../schemas/problem';
import type { Receipt } from '../schemas/receipt';
import type { RenderedContent, Template } from '../schemas/template';
import type { Channel, Mode, Provider, Purpose, Reason } from '../schemas/vocabulary';

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

export type SendAnswer =
  | { outcome: 'accepted'; providerMessageId: string | null; costMicros: number | null }
  /** Surely not sent. `code` is the provider's own. */
  | { outcome: 'rejected'; reason: Reason; code: string | null; retryAfterMs: number | null }
  /** The provider may have it. */
  | { outcome: 'uncertain' };

/** One attempt, as a provider is asked about it later. */
export interface MessageHandle {
  ref: string;
  channel: Channel;
  providerMessageId: string | null;
}

export type RecallAnswer = { outcome: 'confirmed' } | { outcome: 'refused'; code: string | null };

/** A webhook as it came: raw bytes are verified, never a re-serialised body. */
export interface WebhookRequest {
  method: 'GET' | 'POST';
  /** The public address, with its query. */
  url: string;
  query: URLSearchParams;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

/** `unsigned`: there is nothing to verify. `stale`: rightly signed, and too old. */
export type WebhookVerdict = 'genuine' | 'unsigned' | 'forged' | 'stale';

export interface PlainAnswer {
  status: number;
  body: string;
}

/** What a provider says of a template that it has to approve. */
export interface Approval {
  status: Template['status'];
  /** Why it was rejected or paused. */
  reason: string | null;
  /** Its own name of the template, where it has one. */
  providerTemplateId: string | null;
}

/** Of a provider's own words so many characters are kept. */
export const WORDS_MAX = 500;

/** A provider did not take what it was asked to approve; the message is its own words, without secrets. */
export class ProviderRefused extends Error {
  constructor(
    message: string,
    /** The provider's own code. */
    readonly code: string | null,
  ) {
    super(message.slice(0, WORDS_MAX));
    this.name = 'ProviderRefused';
  }
}

/** Templates that the provider approves. */
export interface Approvals {
  channels: readonly Channel[];
  /** Asks for approval. @throws ProviderRefused with its words */
  submit(template: Template): Promise<Approval>;
  /** Null where it does not know the template. */
  fetch(template: Template): Promise<Approval | null>;
}

/** What a trial of an account comes to; `detail` is a sentence that holds no secret. */
export type AccountTrial = { ok: true; detail: string } | { ok: false; code: string | null; detail: string };

/**
 * Who carries messages: one account of one provider. `send` answers or throws; a throw counts as uncertain. Only a send
 * that surely did not happen may be answered as rejected. It never tries again by itself: the core does.
 */
export interface ProviderAdapter {
  facts: ProviderFacts;
  send(request: SendRequest): Promise<SendAnswer>;
  /** Takes a message back; resolves once the provider confirmed or refused. */
  recall?(message: MessageHandle): Promise<RecallAnswer>;
  /** Asks what the provider knows of a message. Never throws for "cannot tell": that is `unknown`. */
  lookup?(message: MessageHandle): Promise<LookupOutcome>;
  /** Whether the webhook really is from the provider. Left out: it does not sign, and calls a secret path. */
  verify?(request: WebhookRequest): WebhookVerdict;
  /** The receipts in a genuine webhook; throws a TypeError or SyntaxError for a body that is none. */
  normalise?(request: WebhookRequest): Receipt[];
  /** The answer to a `GET` by which the provider makes sure that the address is ours. */
  challenge?(request: WebhookRequest): PlainAnswer;
  approvals?: Approvals;
  /** Whether the credentials work, without sending anything. */
  test?(): Promise<AccountTrial>;
  close?(): Promise<void>;
}

/** What an account is opened with. */
export interface AccountOptions {
  id: string;
  /** Judged by the kind's own schemas. */
  settings: Readonly<Record<string, unknown>>;
  credentials: Readonly<Record<string, string>>;
}

/** What an adapter is given of the house. */
export interface ProviderWorld {
  /** Where receipts of one attempt go: `…/v1/receipts/{provider}?ref=…`. */
  callbackUrl(ref: string): string;
  /** For a provider that does not sign: a path that nobody can guess, `…/v1/receipts/{provider}/{token}`. */
  secretUrl(ref?: string): string;
  /** Receipts that come over a connection of the adapter's own; resolves once the log has them. */
  receive(receipts: readonly Receipt[]): Promise<void>;
  /** A code that no table has: counted, and mapped to `unknown`. */
  unknownCode(code: string): void;
  onFault(message: string, error: unknown): void;
  /** Milliseconds since 1970. */
  clock(): number;
}

/** A provider as the house knows it before any account is opened: data, and how to open one. */
export interface ProviderKind {
  provider: Provider;
  /** JSON Schemas of an account's `settings` and `credentials`. */
  settings: object;
  credentials: object;
  /** The account that the environment describes; null where its variables are not set. */
  fromEnvironment(env: NodeJS.ProcessEnv): Pick<AccountOptions, 'settings' | 'credentials'> | null;
  /** What an account of it declares; most declare what their provider does. */
  factsOf(settings: AccountOptions['settings']): ProviderFacts;
  /** What the schema cannot tell of settings; pointers into them. */
  judge?(settings: AccountOptions['settings']): FieldError[];
  /** Receipts come over a connection of the adapter's own: so it is opened with the process, not with the first send. */
  connects?: boolean;
  open(account: AccountOptions, world: ProviderWorld): ProviderAdapter;
}

/** An account that can carry messages now. */
export interface OpenAccount {
  id: string;
  provider: Provider;
  /** The one that a step means that names the provider alone. */
  isDefault: boolean;
  adapter: ProviderAdapter;
  /** Sends a second at most; null: no limit. */
  perSecond: number | null;
}

/** The accounts in use. What another process changes is seen here within a few seconds. */
export interface ProviderRegistry {
  /** The account that a route means: the one it names, or its provider's default one. */
  find(route: { provider: Provider; account: string | null }): OpenAccount | null;
  /** All of that provider, the default one first. */
  of(provider: string): readonly OpenAccount[];
  /** The same and those that are switched off: what they have sent still brings receipts. */
  receiving(provider: string): readonly OpenAccount[];
  all(): readonly OpenAccount[];
  /** The account whose secret path that is; null for any other text. */
  bySecret(provider: string, token: string): OpenAccount | null;
  /** To be called when an account was changed here. */
  refresh(): Promise<void>;
}

export type CircuitState = 'closed' | 'half_open' | 'open';

/** Why a webhook was refused. */
export type Refused = Exclude<WebhookVerdict, 'genuine'> | 'wrong_path' | 'oversized' | 'malformed' | 'challenge';

/** What an account did in the last five minutes, in the process that sends. */
export interface SendHealth {
  provider: Provider;
  account: string;
  breaker: CircuitState;
  /** Sends that were answered, or that nobody answered in time; what our own gates held back is none. */
  sent: number;
  /** Refused, or uncertain. */
  failed: number;
  /** From the beginning of a send to its answer, within a quarter; null where nothing was sent. */
  p95Ms: number | null;
  /** `at` in milliseconds since 1970. */
  lastFailure: { at: number; reason: Reason; code: string | null } | null;
}

/** What is counted of providers. Labels are closed lists and the IDs of accounts; never a code, never a credential. */
export interface ProviderMetrics {
  /** @param outcome the answer's outcome, or the reason of a refusal */
  sent(provider: Provider, outcome: 'accepted' | 'uncertain' | Reason): void;
  unknownCode(provider: Provider): void;
  /** Null: the account is gone. */
  circuit(account: string, state: CircuitState | null): void;
  webhookRefused(provider: Provider, why: Refused): void;
}

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
