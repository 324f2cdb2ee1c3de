import type { Channel, Provider, ReceiptStatus } from '../schemas/vocabulary';

/**
 * Which of two contradicting final receipts stands. Both are orderings and not "the last one wins", so that any order
 * of the same receipts gives the same status. A sign of life from the person (read, clicked, replied) always wins.
 */
export type StatusPolicy = 'success_wins' | 'failure_wins';

/** What a provider declares of itself; data only, so that the core can judge by it without touching the world. */
export interface ProviderFacts {
  provider: Provider;
  /** What it carries, and the receipts it can give on each channel. */
  receipts: Partial<Record<Channel, readonly ReceiptStatus[]>>;
  /** The same for all accounts of a provider: whoever folds the events need not know the accounts. */
  statusPolicy: StatusPolicy;
  /** The validity period it can be given, in seconds; null where it takes none. */
  validitySeconds: { min: number; max: number } | null;
  /** It can take a message back. */
  recall: boolean;
  /** It can be asked whether it has a message. */
  lookup: boolean;
  /** It can be asked what became of a message, by the ID that it gave it or by our reference. */
  reconcile: boolean;
  /** It calls a webhook again, for long enough, that was not answered with success; else what we do not take is lost. */
  redelivers: boolean;
  /** What one message is reckoned at, in micros of `currency`, before the provider has said better. */
  costMicros: Partial<Record<Channel, number>>;
  currency: string;
}

/** By provider, for its default account or in general, and by `provider:account`. */
export type ProviderCatalog = Readonly<Record<string, ProviderFacts>>;
