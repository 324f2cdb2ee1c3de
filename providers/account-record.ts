import type { Provider } from '../schemas/vocabulary';
import type { AccountOptions } from './contract';

/** An account as the store or the environment has it. */
export interface AccountRecord extends AccountOptions {
  name: string;
  provider: Provider;
  /** Marked as its provider's default. */
  isDefault: boolean;
  enabled: boolean;
  perSecond: number | null;
  /** Another one: it is opened anew. */
  revision: number;
  createdAt: number;
}

/** The account of a provider that the environment describes. */
export function environmentId(provider: string): string {
  return `pac_env_${provider}`;
}

/** The ID of the default account of each provider: the enabled one that is marked, else the environment's, else the oldest. */
export function defaultsOf(records: Iterable<AccountRecord>): Map<Provider, string> {
  const best = new Map<Provider, AccountRecord>();
  for (const record of records) {
    const other = best.get(record.provider);
    if (record.enabled && (!other || standing(record, other) < 0)) best.set(record.provider, record);
  }
  return new Map([...best].map(([provider, { id }]) => [provider, id]));
}

/** Negative: `a` stands before `b`. */
export function standing(a: AccountRecord, b: AccountRecord): number {
  const isFromEnvironment = ({ id, provider }: AccountRecord) => Number(id === environmentId(provider));
  return (
    Number(b.isDefault) - Number(a.isDefault) ||
    isFromEnvironment(b) - isFromEnvironment(a) ||
    a.createdAt - b.createdAt ||
    (a.id < b.id ? -1 : 1)
  );
}
