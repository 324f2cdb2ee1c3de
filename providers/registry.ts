import type { OpenAccount, ProviderAdapter, ProviderRegistry } from './contract';

/** A registry of accounts that never change. */
export function fixedRegistry(accounts: readonly OpenAccount[]): ProviderRegistry {
  const of = (provider: string) => accounts.filter((account) => account.provider === provider);
  return {
    find({ provider, account }) {
      if (account !== null) return accounts.find(({ id }) => id === account) ?? null;
      return accounts.find((one) => one.provider === provider && one.isDefault) ?? null;
    },
    of,
    all: () => accounts,
    bySecret: () => null,
    async refresh() {},
  };
}

/** The one account of a provider that needs none: the sandbox, our own inbox. */
export function onlyAccount(adapter: ProviderAdapter): OpenAccount {
  const { provider } = adapter.facts;
  return { id: `pac_${provider}`, provider, isDefault: true, adapter, perSecond: null };
}
