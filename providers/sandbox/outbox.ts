import type { SandboxMessage, SendRequest } from '../contract';
import { PROVIDER_CATALOG } from '../facts';

export interface OutboxEntry {
  request: SendRequest;
  providerMessageId: string | null;
  /** The script it is played by, as it was written. */
  script: string;
  receivedAt: number;
  acceptedAt: number;
  /** When the last receipt of the script is due; 0 where there is none. */
  lastDueAt: number;
}

export interface StoredMessage {
  ref: string;
  providerMessageId: string;
  script: string;
  acceptedAt: number;
  costMicros: number;
}

/** The sandbox's own record of what it was given to carry. Adapters: SQLite (one machine), MongoDB. */
export interface SandboxOutbox {
  /** Resolves once the message stands in the record: from then on the sandbox has it, whatever becomes of us. */
  add(entry: OutboxEntry): Promise<void>;
  /** Nothing more comes for this message, not after a restart either. */
  silence(ref: string): Promise<void>;
  silenced(ref: string): Promise<boolean>;
  byRef(ref: string): Promise<StoredMessage | null>;
  messages(invocationId: string): Promise<SandboxMessage[]>;
  /** All receipts of these messages have been handed in. */
  played(refs: readonly string[]): Promise<void>;
  /** Messages whose last receipt was due before `dueBefore` and that nobody has played, the longest due first. */
  overdue(dueBefore: number, limit: number): Promise<StoredMessage[]>;
  /** Messages of the process before whose last receipt was due when it was last alive, less `slackMs`, or later. */
  unplayed(slackMs: number): StoredMessage[];
  close(): Promise<void>;
}

/** Keeps what stands in the record unreadable; see store/seal.ts. */
export interface Sealer {
  seal(plain: string): Buffer;
  open(sealed: Buffer): string;
}

export function messageOf({ request, providerMessageId, receivedAt }: OutboxEntry): SandboxMessage {
  const { invocationId, step, attempt, channel, address: to, template, content } = request;
  return { invocationId, step, attempt, channel, to, template, content, providerMessageId, receivedAt };
}

/** What one message costs in the sandbox, in micros. */
export function costOf({ channel }: SandboxMessage): number {
  return PROVIDER_CATALOG.sandbox?.costMicros[channel] ?? 0;
}
