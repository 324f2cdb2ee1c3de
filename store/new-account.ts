import { ulid } from 'ulid';
import type { AccountChange, NewAccount, ProviderAccount } from './contract';

/** A provider account as it is made: with an ID of its own unless it was given one. */
export function newAccount({ id, ...account }: NewAccount, now: number): ProviderAccount {
  return { ...account, id: id ?? `pac_${ulid(now)}`, revision: 1, createdAt: now, updatedAt: now };
}

/** The same account with what was changed of it. Without credentials those from before stay. */
export function changedAccount(before: ProviderAccount, change: AccountChange, now: number): ProviderAccount {
  const credentials = change.credentials ?? before.credentials;
  return { ...before, ...change, credentials, revision: before.revision + 1, updatedAt: now };
}
