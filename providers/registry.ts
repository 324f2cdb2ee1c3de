import type { AccountRecord } from './account-record';
import { AccountSlots, nameOf, type SlotsOptions } from './account-slots';
import type { OpenAccount, ProviderAdapter, ProviderRegistry } from './contract';
import { isSecretPath } from './secret-path';

/** How soon what another process changed is seen. */
const REFRESH_MS = 2_000;
const GRACE_MS = 30_000;

export interface RegistryOptions extends Omit<SlotsOptions, 'graceMs'> {
  /** What the store has. */
  accounts: { all(): Promise<readonly AccountRecord[]> };
  environment: readonly AccountRecord[];
  /** Of providers that need no account; closed by whoever made them. */
  builtIn: readonly OpenAccount[];
  refreshMs?: number;
  graceMs?: number;
}

export interface LiveRegistry extends ProviderRegistry {
  /** From now on what others changed is read, again and again. */
  start(): void;
  /** From now on accounts whose receipts come over their own connection are open without being asked for. */
  connect(): void;
  /** Closes every adapter; nothing is found any more. */
  close(): Promise<void>;
}

/**
 * The accounts of store and environment, each opened when it is first needed, and anew when it was changed. A default
 * that cannot be opened has no stand-in: nobody said that its messages should come from another sender.
 */
export function createRegistry(options: RegistryOptions): LiveRegistry {
  const { accounts, builtIn, catalog, environment, graceMs = GRACE_MS } = options;
  const slots = new AccountSlots({ ...options, graceMs });
  for (const account of builtIn) catalog[nameOf(account)] = account.adapter.facts;
  const own = (provider: string) => builtIn.filter((one) => one.provider === provider);

  let turn: Promise<unknown> = Promise.resolve();
  /** One after the other: what was read first must not be put in place last. */
  const refresh = (): Promise<void> => {
    const done = turn.then(async () => slots.put([...environment, ...(await accounts.all())]));
    turn = done.catch(() => {});
    return done;
  };
  const background = everySoOften(refresh, options);

  return {
    find({ provider, account }) {
      if (account === null) return own(provider)[0] ?? slots.defaultOf(provider)?.open() ?? null;
      const slot = slots.get(account);
      const found = builtIn.find(({ id }) => id === account) ?? (slot?.record.enabled ? slot.open() : null);
      return found?.provider === provider ? found : null;
    },
    of: (provider) => [...own(provider), ...slots.enabled(provider)],
    receiving: (provider) => [...own(provider), ...slots.every(provider).flatMap((slot) => slot.open() ?? [])],
    all: () => [...builtIn, ...slots.enabled(null)],
    bySecret(provider, token) {
      const slot = slots.every(provider).find((one) => isSecretPath(token, one.token));
      return slot?.open() ?? null;
    },
    refresh,
    start: background.start,
    connect: () => slots.connect(),
    async close() {
      background.stop();
      await turn;
      await slots.close();
    },
  };
}

function everySoOften(refresh: () => Promise<void>, { onFault, refreshMs = REFRESH_MS }: RegistryOptions) {
  let timer: NodeJS.Timeout | null = null;
  let failing = false;
  const again = async () => {
    try {
      await refresh();
      failing = false;
    } catch (error) {
      // Told once: while the store is away the accounts are as they were.
      if (!failing) onFault('the provider accounts could not be read again', error);
      failing = true;
    }
    timer?.refresh();
  };
  return {
    start() {
      timer ??= setTimeout(() => void again(), refreshMs).unref();
    },
    stop() {
      if (timer) clearTimeout(timer);
      timer = null;
    },
  };
}

/** A registry of accounts that never change. */
export function fixedRegistry(accounts: readonly OpenAccount[]): ProviderRegistry {
  const of = (provider: string) => accounts.filter((account) => account.provider === provider);
  return {
    find({ provider, account }) {
      if (account !== null) return accounts.find(({ id }) => id === account) ?? null;
      return accounts.find((one) => one.provider === provider && one.isDefault) ?? null;
    },
    of,
    receiving: of,
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
