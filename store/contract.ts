import type { Latencies } from '../core/latency-buckets';
import type { RunFacts } from '../core/run-facts';
import type { State } from '../core/state';
import type { LogRecord } from '../log/contract';
import type { CallbackFormat, CallbackType } from '../schemas/callback';
import type { FlowDefinition } from '../schemas/flow';
import type { Recipient } from '../schemas/invocation';
import type { PriceRow } from '../schemas/price';
import type { Template, TemplateWrite } from '../schemas/template';
import type { Channel, InvocationStatus, Mode, PersonRole, Provider, Reason, Role } from '../schemas/vocabulary';

/** Times are milliseconds since 1970 throughout. Adapters: SQLite, MongoDB. */
export interface Store {
  flows: FlowStore;
  templates: TemplateStore;
  keys: KeyStore;
  people: PersonStore;
  sessions: SessionStore;
  tickets: TicketStore;
  accounts: AccountStore;
  records: RecordStore;
  idempotency: IdempotencyStore;
  suppressions: SuppressionStore;
  consents: ConsentStore;
  parked: ParkedReceipts;
  receipts: ReceiptStore;
  invocations: InvocationIndex;
  rollups: RollupIndex;
  rejections: RejectionStore;
  marks: MarkStore;
  retention: RetentionStore;
  prices: PriceStore;
  savedViews: SavedViewStore;
  audit: AuditStore;
  callbackProfiles: CallbackProfileStore;
  deliveries: DeliveryStore;
  /** Null when it answers, else a sentence that says why not. */
  unavailable(): Promise<string | null>;
  close(): Promise<void>;
}

export interface Page<T> {
  items: T[];
  /** Opaque; null on the last page. */
  nextCursor: string | null;
}

export interface PageRequest {
  limit: number;
  cursor: string | null;
}

/** Nothing can be written or read now, as on a full disk; what was asked for has not happened. */
export class StoreUnavailable extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'StoreUnavailable';
  }
}

/** The cursor of a page request was not made by this store. */
export class BadCursor extends Error {
  constructor() {
    super('the cursor is not one that a list of this kind gave');
    this.name = 'BadCursor';
  }
}

export interface Flow {
  id: string;
  workflowId: string;
  name: string;
  draft: FlowDefinition;
  /** Grows with each write of the draft; the ETag is made of it. */
  draftRevision: number;
  /** Null before the first publish and after an unpublish. */
  publishedVersion: number | null;
  latestVersion: number;
  createdAt: number;
  updatedAt: number;
}

export interface FlowVersion {
  flowId: string;
  workflowId: string;
  version: number;
  definition: FlowDefinition;
  publishedAt: number;
  /** The version whose definition this one brought back. */
  rollbackOf: number | null;
}

export interface FlowStore {
  /** `name_taken` or `workflow_id_taken` when another flow has it. */
  create(
    definition: FlowDefinition,
    workflowId: string | null,
    now: number,
  ): Promise<Flow | 'name_taken' | 'workflow_id_taken'>;
  /** By flow ID or workflow ID. */
  get(id: string): Promise<Flow | null>;
  list(page: PageRequest): Promise<Page<Flow>>;
  /** `stale` when the draft is no longer at `revision`. */
  saveDraft(
    id: string,
    definition: FlowDefinition,
    revision: number,
    now: number,
  ): Promise<Flow | 'stale' | 'name_taken' | null>;
  /** Freezes `definition` as the newest version and makes it the published one. */
  publish(id: string, definition: FlowDefinition, rollbackOf: number | null, now: number): Promise<FlowVersion | null>;
  /** Keeps the IDs and every version; invoking is refused until the next publish. */
  unpublish(id: string, now: number): Promise<Flow | null>;
  version(id: string, version: number): Promise<FlowVersion | null>;
  versions(id: string): Promise<FlowVersion[]>;
}

export interface TemplateStanding {
  status: Template['status'];
  /** Why it was rejected or paused, or why somebody set it by hand. */
  statusReason: string | null;
  /** Somebody has set it, and it stays whatever the provider says. */
  statusByHand: boolean;
  providerTemplateId: string | null;
}

export interface TemplateStore {
  /** `id_taken` when there is one with that ID. */
  create(template: TemplateWrite, status: Template['status'], now: number): Promise<Template | 'id_taken'>;
  get(id: string): Promise<Template | null>;
  list(page: PageRequest): Promise<Page<Template>>;
  replace(id: string, template: TemplateWrite, status: Template['status'], now: number): Promise<Template | null>;
  /** What whoever approves it says of it; the content stays. */
  setStatus(id: string, standing: TemplateStanding, now: number): Promise<Template | null>;
  delete(id: string): Promise<boolean>;
}

/** Who did something: a key, or somebody who has signed in; nobody where the route is public and nobody was found. */
export interface Actor {
  kind: 'key' | 'person' | 'nobody';
  id: string;
  name: string;
}

/** A key is stored hashed; the secret is shown once, when it is made. */
export interface ApiKey {
  id: string;
  name: string;
  role: Role;
  mode: Mode;
  /** The last four characters, to tell keys apart. */
  hint: string;
  createdAt: number;
  /** IDs of the flows that it is held to; null: all. */
  flows: readonly string[] | null;
  /** It works until then; null: for good. */
  expiresAt: number | null;
  /** To the minute; null before the first use. */
  lastUsedAt: number | null;
  /** Of the secret before the last rotation: it works until `endsAt`, and is kept here for a moment after it. */
  overlap: { hint: string; endsAt: number } | null;
  /** Null where it was made at the start, or before this was recorded. */
  createdBy: Actor | null;
}

/** What is left out is null. */
export type NewKey = Pick<ApiKey, 'id' | 'name' | 'role' | 'mode' | 'hint' | 'createdAt'> &
  Partial<Pick<ApiKey, 'flows' | 'expiresAt' | 'createdBy'>>;

/** A key as one of its two secrets found it. */
export interface FoundKey {
  key: ApiKey;
  /** When that secret works no more: its overlap or the key itself ends; null: never. It may be over. */
  until: number | null;
}

export interface KeyStore {
  create(key: NewKey, hash: string): Promise<void>;
  /** By the SHA-256 of either secret, in hex. What is found is shared: nobody may change it. */
  byHash(hash: string): Promise<FoundKey | null>;
  byId(id: string): Promise<ApiKey | null>;
  list(page: PageRequest): Promise<Page<ApiKey>>;
  /** What is left out stays. */
  change(id: string, change: Partial<Pick<ApiKey, 'name' | 'expiresAt'>>): Promise<ApiKey | null>;
  /**
   * Puts another secret in the place of the one that it has, which works on until `overlapEndsAt`. Of an overlap that was
   * under way the older secret works no more.
   */
  rotate(id: string, secret: { hash: string; hint: string }, overlapEndsAt: number): Promise<ApiKey | null>;
  /** That it was used then. Waits for no disk: what is lost of it is a minute. */
  used(id: string, at: number): Promise<void>;
  delete(id: string): Promise<boolean>;
}

/** Somebody who signs in. Address and password hash are sealed at rest. */
export interface Person {
  id: string;
  /** One person an address, whichever of its letters are capital. */
  email: string;
  name: string;
  role: PersonRole;
  disabled: boolean;
  /** As https://github.com/P-H-C/phc-string-format writes it; null: none was set. */
  passwordHash: string | null;
  createdAt: number;
  /** When they signed in for the first time; null: they are invited. */
  activeSince: number | null;
  lastSeenAt: number | null;
}

/** `id` null: it is given one. */
export type NewPerson = Pick<Person, 'email' | 'name' | 'role'> & { id: string | null };

/** What is left out stays. */
export type PersonChange = Partial<Omit<Person, 'id' | 'createdAt'>>;

export interface PersonStore {
  create(person: NewPerson, now: number): Promise<Person | 'email_taken' | 'id_taken'>;
  get(id: string): Promise<Person | null>;
  byEmail(email: string): Promise<Person | null>;
  list(page: PageRequest): Promise<Page<Person>>;
  change(id: string, change: PersonChange): Promise<Person | 'email_taken' | null>;
  delete(id: string): Promise<boolean>;
}

/** What a cookie stands for. When it ends is for whoever asks to say. */
export interface Session {
  /** The SHA-256 of the cookie's token, in hex. */
  hash: string;
  personId: string;
  createdAt: number;
  lastSeenAt: number;
}

export interface SessionStore {
  create(session: Session): Promise<void>;
  byHash(hash: string): Promise<Session | null>;
  /** Nothing where there is none: a session that has ended does not come back. */
  seen(hash: string, at: number): Promise<void>;
  delete(hash: string): Promise<boolean>;
  /** All of a person, but the one of that hash. */
  deleteOf(personId: string, except: string | null): Promise<void>;
  /** Those last seen, or made, before. */
  sweep(before: { lastSeenAt: number; createdAt: number }): Promise<void>;
}

/** A link that somebody gets in by, once: the one for the owner, or an invitation. */
export interface Ticket {
  /** The SHA-256 of the link's token, in hex. */
  hash: string;
  kind: 'sign_in' | 'invitation';
  personId: string;
  expiresAt: number;
}

export interface TicketStore {
  put(ticket: Ticket, now: number): Promise<void>;
  /** Null when it is used or expired. */
  find(kind: Ticket['kind'], hash: string, now: number): Promise<Ticket | null>;
  /** The same, and used from now on: of any number that ask at once one is given it. */
  take(kind: Ticket['kind'], hash: string, now: number): Promise<Ticket | null>;
  /** `kind` null: of each. */
  drop(personId: string, kind: Ticket['kind'] | null): Promise<void>;
}

/** An account at a provider. Its credentials are sealed at rest; nothing that leaves the house shows them. */
export interface ProviderAccount {
  id: string;
  name: string;
  provider: Provider;
  /** Marked as the one that a step means that names the provider alone: at most one of each provider. */
  isDefault: boolean;
  enabled: boolean;
  /** Sends a second at most; null: no limit. */
  perSecond: number | null;
  settings: Readonly<Record<string, unknown>>;
  credentials: Readonly<Record<string, string>>;
  /** Grows with each write of the account itself. */
  revision: number;
  createdAt: number;
  updatedAt: number;
}

/** `id` null: it is given one. */
export type NewAccount = Omit<ProviderAccount, 'id' | 'revision' | 'createdAt' | 'updatedAt'> & { id: string | null };

/** An account stays at its provider. `credentials` null: they stay as they are. */
export type AccountChange = Omit<NewAccount, 'id' | 'provider' | 'credentials'> & {
  credentials: ProviderAccount['credentials'] | null;
};

/** Marking one as the default takes the mark from the other of its provider. */
export interface AccountStore {
  /** `id_taken` when there is one with that ID. */
  create(account: NewAccount, now: number): Promise<ProviderAccount | 'id_taken'>;
  get(id: string): Promise<ProviderAccount | null>;
  list(page: PageRequest): Promise<Page<ProviderAccount>>;
  replace(id: string, change: AccountChange, now: number): Promise<ProviderAccount | null>;
  delete(id: string): Promise<boolean>;
  /** Every one, the oldest first, as they are now: what another process has written included. */
  all(): Promise<ProviderAccount[]>;
}

/** What an invocation was given: the one place where addresses and variables stand, sealed at rest. */
export interface InvocationRecord {
  id: string;
  flowId: string;
  workflowId: string;
  flowVersion: number;
  mode: Mode;
  keyId: string;
  externalId: string | null;
  metadata: Record<string, string> | null;
  createdAt: number;
  recipient: Recipient;
  variables: Record<string, unknown>;
  /** The sandbox's scripts by step name, where the invocation gave any. */
  sandbox: Record<string, string> | null;
  /** What one send of each step was reckoned at when it began, by the step's number; null: as the ladder has it. */
  costs: readonly number[] | null;
  /** The span in which it was begun, as W3C's `traceparent`; left out where nobody records it. */
  traceparent?: string;
}

export interface RecordStore {
  /**
   * Resolves once it is durable. In a store that shares the embedded engine's file, what is put in the same turn as
   * Engine.start is durable with it, or neither is.
   */
  put(record: InvocationRecord): Promise<void>;
  get(id: string): Promise<InvocationRecord | null>;
  /** Those that there are, by ID. */
  getMany(ids: readonly string[]): Promise<Map<string, InvocationRecord>>;
}

/** What a claim on an idempotency key found. */
export type Claim =
  /** Ours. Settle it with what was begun under it, or release it when nothing came of the request. */
  | { kind: 'new'; settle(invocationId: string): Promise<void>; release(): Promise<void> }
  | { kind: 'replay'; invocationId: string }
  /** The same key came with another body. */
  | { kind: 'mismatch' }
  | { kind: 'in_flight' };

export interface IdempotencyStore {
  /** Keys are kept for 24 h. `scope` keeps the keys of different callers and routes apart. */
  claim(scope: string, key: string, bodyHash: string, now: number): Promise<Claim>;
}

export interface Suppression {
  id: string;
  channel: Channel | null;
  /** Never given back: stored as a keyed hash. */
  addressHint: string;
  reason: Reason;
  mode: Mode;
  createdAt: number;
}

export interface SuppressionStore {
  /** Idempotent. `channel` null: on every channel. */
  add(
    entry: { mode: Mode; channel: Channel | null; address: string; reason: Reason },
    now: number,
  ): Promise<Suppression>;
  /** The reason why the address is suppressed on that channel, or null. */
  find(mode: Mode, channel: Channel, address: string): Promise<Reason | null>;
  list(mode: Mode, page: PageRequest): Promise<Page<Suppression>>;
  /** Those of one address, the newest first. */
  ofAddress(mode: Mode, address: string): Promise<Suppression[]>;
  delete(id: string): Promise<boolean>;
}

export interface Consent {
  mode: Mode;
  recipientId: string;
  purpose: string;
  channel: Channel | null;
  granted: boolean;
  updatedAt: number;
}

export interface ConsentStore {
  put(consent: Consent): Promise<void>;
  /**
   * The recipient's word on that purpose and channel: the channel's own first, then the one for all; null: none. A test
   * run goes by what was said in test mode, else by the live word; a live run by the live word alone.
   */
  find(mode: Mode, recipientId: string, purpose: string, channel: Channel): Promise<boolean | null>;
  list(mode: Mode, recipientId: string): Promise<Consent[]>;
}

export interface ParkedReceipt {
  id: string;
  /** JSON text of the receipt. */
  receipt: string;
  tries: number;
  /** When it is tried next. */
  dueAt: number;
  /** The ID that it is kept under once it is resolved; null: it was parked by an older version. */
  source: string | null;
}

/** Receipts whose invocation or message is not known yet. */
export interface ParkedReceipts {
  /** @param source see KeptReceipt.id */
  park(receipt: string, tries: number, dueAt: number, source: string | null): Promise<void>;
  /** Those due at `now`, the longest due first. Where several processes ask, two may be given the same. */
  due(now: number, limit: number): Promise<ParkedReceipt[]>;
  remove(id: string): Promise<void>;
  count(): Promise<number>;
}

export interface InvocationQuery {
  mode: Mode;
  /** Only runs that this key started. */
  keyId?: string;
  /** Only runs of these flows. */
  flowIds?: readonly string[];
  workflowId?: string;
  flowVersion?: number;
  status?: InvocationStatus;
  /** Phone, email or recipient ID. */
  recipient?: string;
  externalId?: string;
  providerMessageId?: string;
  /** The step, and the channel, that reached the person first. */
  reachedStep?: string;
  reachedChannel?: Channel;
  /** Whether some message reached the person late. */
  late?: boolean;
  /** Whether the person was reached more than once. */
  duplicate?: boolean;
  /** Late, or more than once, or both. */
  lateOrDuplicate?: true;
  /** Why it failed. */
  reason?: Reason;
  /** Both ends belong to it. */
  createdFrom?: number;
  createdTo?: number;
}

/** A run as the projection last saw it. */
export interface IndexedInvocation {
  record: Omit<InvocationRecord, 'recipient' | 'variables' | 'sandbox' | 'costs'>;
  state: State;
}

/** How many runs of one flow are running. */
export interface RunningCount {
  flowId: string;
  workflowId: string;
  count: number;
}

/** The read model of runs, newest first; it follows the log by a moment. */
export interface InvocationIndex {
  /** The position of `onward.events` up to which the partition is folded in; null before the first. */
  foldedTo(partition: number): Promise<number | null>;
  /** @param without `metadata`: spares opening the sealed records that it stands in; it is null then */
  search(query: InvocationQuery, page: PageRequest, without?: 'metadata'): Promise<Page<IndexedInvocation>>;
  /** By flow, those alone that have any: at a price that grows with what is running, not with what there ever was. */
  running(mode: Mode): Promise<RunningCount[]>;
  findMessage(
    provider: string,
    providerMessageId: string,
  ): Promise<{ invocationId: string; step: string; attempt: number } | null>;
}

/** What the read model keeps of a run from its first event on; addresses as keyed hashes. */
export interface NewView {
  id: string;
  flowId: string;
  workflowId: string;
  flowVersion: number;
  mode: Mode;
  keyId: string;
  externalId: string | null;
  createdAt: number;
  addressHashes: readonly string[];
}

/** What changes of a run: `state` as core/state-json.ts writes it. */
export interface RunView {
  id: string;
  status: InvocationStatus;
  endedAt: number | null;
  seq: number;
  state: string;
  /** For lists, and for people who query the store themselves. */
  facts: RunFacts;
}

export interface MessageView {
  provider: string;
  providerMessageId: string;
  invocationId: string;
  step: string;
  attempt: number;
}

/** What one rollup is of. */
export interface RollupKey {
  mode: Mode;
  flowId: string;
  flowVersion: number;
  /** The step's name; empty for what is counted of the whole invocation. */
  step: string;
  /** Empty for what is counted of the whole invocation, and of a parallel step. */
  channel: Channel | '';
  /** Of the recipient's phone number, ISO 3166-1 alpha-2; empty where there is none or it does not tell. */
  country: string;
  /** When its slot (core/slots.ts) begins, in ms since 1970: the hour of UTC, or a part of it. */
  hour: number;
}

/** What the record at `position` adds to one rollup. Counters by name: see projection/rollup.ts. */
export interface Contribution {
  key: RollupKey;
  position: number;
  counts: Readonly<Record<string, number>>;
}

/** What a batch of one partition comes to, up to and with `position`. A run is in `runs` once. */
export interface ViewBatch {
  partition: number;
  position: number;
  /** Runs that the read model did not have; each is in `runs` too. */
  created: readonly NewView[];
  runs: readonly RunView[];
  messages: readonly MessageView[];
  /** In the order of their positions. */
  contributions: readonly Contribution[];
}

/** The projection's side of the read model. */
export interface ViewWriter {
  /** Position of the last record folded in; null before the first. */
  position(partition: number): Promise<number | null>;
  /** The states of those runs that there are, as JSON, by ID. */
  states(ids: readonly string[]): Promise<Map<string, string>>;
  /**
   * Resolves once all of it is in, and counted once, however often it is written. A store with transactions has all or
   * nothing when it rejects; any other may have a part, and comes to the same when the batch is written again, also
   * when it is cut differently.
   */
  write(batch: ViewBatch): Promise<void>;
  close(): Promise<void>;
}

export interface Rollup {
  key: RollupKey;
  counts: Record<string, number>;
}

export interface RollupQuery {
  mode: Mode;
  flowId?: string;
  flowVersion?: number;
  /** Slots that begin in [from, to). */
  from?: number;
  to?: number;
}

export interface RollupSumQuery {
  mode: Mode;
  flowId?: string;
  flowVersion?: number;
  /** Where periods begin and end, in ms since 1970, in order, each the beginning of a slot: period n is [n, n + 1). */
  bounds: readonly number[];
  /** A sum for each country, instead of one for all. */
  byCountry: boolean;
  /** The latencies are wanted too; without them a query reads a fraction. */
  latencies: boolean;
}

/** What was counted of one step, or of the invocations, of one version in one period. */
export interface RollupSum extends Omit<RollupKey, 'mode' | 'hour'> {
  /** The number of the period, from 0. `country` is empty unless the query asks for countries. */
  period: number;
  /** Without the `latency.<n>`. */
  counts: Record<string, number>;
  /** Empty where they were not asked for. */
  latencies: Latencies;
}

/** The counts of the analytics; they follow the log by a moment. */
export interface RollupIndex {
  /** In the order of hour, flow, version, step. */
  find(query: RollupQuery): Promise<Rollup[]>;
  /** The first and the last hour that it would find something of; null where there is nothing. */
  span(query: RollupQuery): Promise<{ first: number; last: number } | null>;
  /**
   * The same added up, in no order, handed over in portions, so that not all of it is in memory at once. What comes to
   * nothing is left out. Rejects with what `take` rejects with.
   */
  sums(query: RollupSumQuery, take: (sums: readonly RollupSum[]) => Promise<void>): Promise<void>;
}

/** A run's events as the log has them. */
export interface Histories {
  /** Its records (EventRecord as JSON), the oldest first; none where the log has nothing of it, or not yet. */
  of(id: string): Promise<string[]>;
  /** @param waiting run IDs, and for each the `seq` that is known. @returns those that have, or may have, more */
  grown(waiting: ReadonlyMap<string, number>): Promise<Iterable<string>>;
}

/** Keeps the events of a log that is elsewhere: histories are read from it, and read models built anew. */
export interface EventKeeper {
  /**
   * Keeps each event once, with the partition and position of its first arrival. What is no event record is passed over.
   * @param records of one partition, in order, from the first on that may not have been kept
   */
  keep(records: readonly LogRecord[]): Promise<void>;
  /** Up to where each partition is kept without a gap. */
  ends(): Promise<ReadonlyMap<number, number>>;
  /**
   * What is kept of a partition beyond `after`, in order, each event in the record in which it came first.
   * @returns about `limit` events; none: there are no more
   */
  read(partition: number, after: number | null, limit: number): Promise<LogRecord[]>;
}

/** Read models of several generations beside each other, each with positions of its own; one of them is shown. */
export interface ViewGenerations {
  /** The one that readers are shown; a reader looks it up once a second. */
  live(): Promise<number>;
  writer(generation: number): ViewWriter;
  /** Makes an empty one, nobody else's. */
  begin(): Promise<number>;
  /** Shows `next` in the place of `before`; false where another is shown by now. */
  show(next: number, before: number): Promise<boolean>;
  drop(which: (generation: number) => boolean): Promise<void>;
}

/** Small facts of the whole installation, such as whose log it was that the read model was made from. */
export interface MarkStore {
  /** Keeps `value` where there is none yet. @returns what stands there now */
  keep(name: string, value: string): Promise<string>;
  /** Puts `value` in the place of `before`; false where something else stands there by now. */
  replace(name: string, before: string, value: string): Promise<boolean>;
}

/** What grows old, each to be kept for as long as one likes. */
export const RETAINED = ['records', 'events', 'invocations', 'rollups', 'callbacks'] as const;
export type Retained = (typeof RETAINED)[number];

export interface RetentionStore {
  /**
   * Removes up to `limit` things from before `before` (ms since 1970): of runs by their end, never of one that is open;
   * of rollups, and of rejections with them, by their hour; of callbacks by when they were made, with their attempts, never
   * one that is pending. `records` are addresses and variables; `invocations` are what lists show, messages and addresses'
   * hashes included.
   * @returns how many went; fewer than `limit`: there is no more
   */
  sweep(what: Retained, before: number, limit: number): Promise<number>;
}

export interface PriceTable {
  /** In the order in which they were given. */
  rows: readonly PriceRow[];
  /** Grows with each change; 0 before the first. */
  revision: number;
}

/** The price table, whole or not at all: no reader ever sees half of a change. */
export interface PriceStore {
  all(): Promise<PriceTable>;
  revision(): Promise<number>;
  /**
   * Puts `rows` in the place of the table, or of that provider's part of it.
   * @returns the table as it is then, or `too_many` where it would have more than PRICE_LIMITS.rows; then it stays
   */
  replace(rows: readonly PriceRow[], provider: Provider | null, now: number): Promise<PriceTable | 'too_many'>;
}

/** A page of the console with its filters, kept by a person. */
export interface SavedView {
  id: string;
  name: string;
  page: 'runs' | 'analytics';
  /** The query of its URL, with the question mark. */
  search: string;
  /** Shown to everybody. */
  shared: boolean;
  ownerId: string;
  createdAt: number;
}

export interface SavedViewStore {
  create(view: SavedView): Promise<void>;
  get(id: string): Promise<SavedView | null>;
  /** That person's own, and those that are shared; newest first. */
  list(ownerId: string, page: PageRequest): Promise<Page<SavedView>>;
  count(ownerId: string): Promise<number>;
  replace(id: string, change: Pick<SavedView, 'name' | 'page' | 'search' | 'shared'>): Promise<SavedView | null>;
  delete(id: string): Promise<boolean>;
}

/** One change of what is set up, or the attempt. Holds no secret and no address. */
export interface AuditEntry {
  id: string;
  at: number;
  by: Actor;
  /** Such as `flow.published`. */
  action: string;
  resource: { kind: string; id: string | null };
  /** JSON text of the thing as the API shows it; null where it was not there, or is not told. */
  before: string | null;
  after: string | null;
  /** `done`; `refused` with a status below 500, `failed` with another; null: the process ended before it knew. */
  outcome: 'done' | 'refused' | 'failed' | null;
  /** The HTTP status of the answer; null with `outcome`. */
  status: number | null;
  requestId: string;
}

export interface AuditQuery {
  /** The ID of a key or a person. */
  who?: string;
  /** The whole action, or what stands before its dot. */
  action?: string;
  /** The kind of a thing, or the ID of one. */
  resource?: string;
  /** In [from, to). */
  from?: number;
  to?: number;
}

/**
 * Nothing of it is ever changed or removed. An entry is written before its change is made (`begun`, its outcome null) and
 * once more when it is known what came of it (`done`), under the same ID and time; whoever lists sees the second alone, or
 * the first where there is no second.
 */
export interface AuditStore {
  /** Resolves once it is durable. */
  append(entry: AuditEntry, stage: 'begun' | 'done'): Promise<void>;
  /** Newest first. */
  list(query: AuditQuery, page: PageRequest): Promise<Page<AuditEntry>>;
}

export type CallbackAuth = { type: 'basic'; username: string; password: string } | { type: 'bearer'; token: string };

/** Where and how a customer's system is told. Secrets and credentials are sealed at rest. */
export interface CallbackProfile {
  id: string;
  name: string;
  url: string;
  /** Null: every type. */
  types: readonly CallbackType[] | null;
  format: CallbackFormat;
  headers: Readonly<Record<string, string>>;
  auth: CallbackAuth | null;
  /** The newest first: callbacks are signed with each that has not run out. `until` in ms since 1970; null: for good. */
  secrets: readonly { secret: string; until: number | null }[];
  enabled: boolean;
  /** `gone`: it answered 410; `failing`: for five days nothing got through; `by_hand`. Null while it is enabled. */
  disabledReason: 'gone' | 'failing' | 'by_hand' | null;
  /** Of the first failure since the last success; null where the last one got through, or none was tried. */
  failingSince: number | null;
  /** Grows with each write by a person; not with `failingSince`. */
  revision: number;
  createdAt: number;
  updatedAt: number;
}

export type NewCallbackProfile = Pick<
  CallbackProfile,
  'name' | 'url' | 'types' | 'format' | 'headers' | 'auth' | 'secrets' | 'enabled'
> & {
  /** Null: it is given one. */
  id: string | null;
};

export type CallbackProfileChange = Omit<NewCallbackProfile, 'id' | 'secrets'> & {
  /** Left out: they stay as they are. */
  secrets?: CallbackProfile['secrets'];
};

export interface CallbackProfileStore {
  /** `id_taken` when there is one with that ID. */
  create(profile: NewCallbackProfile, now: number): Promise<CallbackProfile | 'id_taken'>;
  get(id: string): Promise<CallbackProfile | null>;
  list(page: PageRequest): Promise<Page<CallbackProfile>>;
  /** Enabling one forgets since when it failed. Disabling it here is `by_hand`. */
  replace(id: string, change: CallbackProfileChange, now: number): Promise<CallbackProfile | null>;
  delete(id: string): Promise<boolean>;
  /** Every one, the oldest first, as they are now: what another process has written included. */
  all(): Promise<CallbackProfile[]>;
  /** What the deliverer saw of its endpoint. A profile that is disabled already stays as it is. */
  setHealth(
    id: string,
    health: { failingSince: number | null; disable: 'gone' | 'failing' | null },
    now: number,
  ): Promise<void>;
}

/** A callback to be made: its body is fixed, to the byte, and its ID is the `webhook-id` of every attempt. */
export interface NewDelivery {
  /** The same for the same profile, event and type, however often it is made. */
  id: string;
  profileId: string;
  /** Deliveries of one invocation and profile are made in the order of `seq`, one after the other. */
  invocationId: string;
  /** The event's number; what is not of an event (a test, a disabled profile) has 0 and an invocation ID of ''. */
  seq: number;
  type: CallbackType;
  mode: Mode;
  createdAt: number;
  body: string;
  /** Kept, and not made until somebody asks for it: the profile was disabled. */
  held: boolean;
}

export interface Delivery extends Omit<NewDelivery, 'held'> {
  /** `failed`: given up, or held. */
  status: 'pending' | 'delivered' | 'failed';
  /** Attempts since it was made or last asked for again. */
  tries: number;
  /** When the next attempt is due; null where none is, or where an earlier one of its invocation has to be first. */
  dueAt: number | null;
  settledAt: number | null;
  /** Of the newest attempt. */
  responseCode: number | null;
  error: string | null;
}

export interface DeliveryAttempt {
  /** From 1, over all that was ever tried. */
  number: number;
  at: number;
  durationMs: number;
  /** Null where there was no answer. */
  responseCode: number | null;
  /** Why there was no answer, or why the answer was none that counts. */
  error: string | null;
  /** The first 1,024 bytes of the answer's body. */
  response: string;
}

export interface DeliveryQuery {
  profileId: string;
  status?: Delivery['status'];
  type?: CallbackType;
  invocationId?: string;
  /** Made in [from, to). */
  from?: number;
  to?: number;
}

export type DeliveryOutcome =
  | { status: 'delivered' }
  | { status: 'failed' }
  /** Tried again at `dueAt`. */
  | { status: 'pending'; dueAt: number };

/** The callbacks that are to be made, and what became of them. Bodies and answers are sealed at rest. */
export interface DeliveryStore {
  /**
   * Keeps each once, by its ID, and with them, where `read` is given, how far the events are read: a store with
   * transactions has both or neither; any other has the deliveries first.
   */
  add(deliveries: readonly NewDelivery[], read?: { partition: number; position: number }): Promise<void>;
  /** How far the events of a partition are read; null before the first. */
  readTo(partition: number): Promise<number | null>;
  /** The profiles that have something due at `now`. */
  dueProfiles(now: number): Promise<string[]>;
  /**
   * Takes up to `limit` due deliveries of a profile, the longest due first, at most one of an invocation: its oldest that
   * is pending. Nobody else is given them before `leaseUntil`.
   */
  claim(profileId: string, now: number, leaseUntil: number, limit: number): Promise<Delivery[]>;
  /** Notes the attempt and what it came to. When it is settled, the next one of its invocation is due at once. */
  settle(id: string, attempt: Omit<DeliveryAttempt, 'number'>, outcome: DeliveryOutcome, now: number): Promise<void>;
  /** When the next one is due, or a lease runs out; null where nothing is pending. */
  nextDueAt(): Promise<number | null>;
  get(id: string): Promise<Delivery | null>;
  attempts(id: string): Promise<DeliveryAttempt[]>;
  /** Newest first. */
  list(query: DeliveryQuery, page: PageRequest): Promise<Page<Delivery>>;
  /** Of one run, of every profile, the oldest first. */
  ofInvocation(invocationId: string): Promise<Delivery[]>;
  /** Due at once, with the whole schedule before it; the same ID and body. */
  redeliver(id: string, now: number): Promise<Delivery | null>;
  /** The same for every failed one of the profile that was made at or after `since`. @returns how many */
  redeliverFailed(profileId: string, since: number, now: number): Promise<number>;
  /** What waits, and since when the longest due one is due (ms since 1970). */
  backlog(): Promise<{ pending: number; oldestDueAt: number | null }>;
}

/**
 * A receipt as it came, for support. Sealed at rest where it has a `raw`: a provider's body may hold addresses. Without
 * one it holds none.
 */
export interface KeptReceipt {
  /** Topic, partition and position: the same for the same record of the log, which is kept once. */
  id: string;
  invocationId: string;
  /** When the engine was given it. */
  takenAt: number;
  /** JSON text as it stood in the log. */
  receipt: string;
}

/** The receipts that named a known run: the second of two equal ones and those that changed nothing, too. */
export interface ReceiptStore {
  /**
   * Resolves once they are durable. In a store that shares the embedded engine's file, what is kept in the same turn as
   * Engine.receive is durable with it, or neither is.
   */
  keep(receipts: readonly KeptReceipt[]): Promise<void>;
  /** Oldest first. They go with the run's record (retention). */
  of(invocationId: string): Promise<KeptReceipt[]>;
}

/** Why an invocation of a flow was not accepted. */
export const REJECTION_REASONS = [
  'body_invalid',
  'variables_invalid',
  'recipient_invalid',
  'no_address',
  'not_published',
  'no_provider_account',
  'idempotency_conflict',
  'overloaded',
] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** Invocations that were refused at the door, counted; no run ever knows of them. */
export interface RejectionStore {
  /** Adds to what is counted. Rejects with StoreUnavailable where nothing was. */
  add(counts: readonly RejectionCount[]): Promise<void>;
  /** In the order of hour, flow, version, reason. */
  find(query: RollupQuery): Promise<RejectionCount[]>;
}

export interface RejectionCount {
  mode: Mode;
  flowId: string;
  /** 0 where no version is published. */
  flowVersion: number;
  /** As in RollupKey. */
  hour: number;
  reason: RejectionReason;
  count: number;
}
