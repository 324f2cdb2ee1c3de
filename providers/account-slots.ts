import type { ProviderFacts } from '../core/provider-facts';
import { type AccountRecord, defaultsOf, standing } from './account-record';
import { AccountSlot, type SlotDeps } from './account-slot';
import type { OpenAccount, ProviderKind } from './contract';
import type { SecretPaths } from './secret-path';

export interface SlotsOptions extends Pick<SlotDeps, 'world' | 'guard' | 'onFault'> {
  kinds: readonly ProviderKind[];
  secretPath: SecretPaths;
  /** Facts by provider, to which those of the accounts are added, and taken from, in place. */
  catalog: Record<string, ProviderFacts>;
  /** How long the sends that an account had in hand may take after it was changed, in ms. */
  graceMs: number;
}

/** The accounts as they were last read, the default of a provider before its others, the older before the younger. */
export class AccountSlots {
  private slots = new Map<string, AccountSlot>();
  private defaults = new Map<string, AccountSlot>();
  private readonly retiring = new Map<AccountSlot, NodeJS.Timeout>();
  private connecting = false;
  private closed = false;

  /** What is said of each provider where it has no account. */
  private readonly general: Readonly<Record<string, ProviderFacts>>;

  constructor(private readonly options: SlotsOptions) {
    this.general = { ...options.catalog };
  }

  get(id: string): AccountSlot | null {
    return this.slots.get(id) ?? null;
  }

  defaultOf(provider: string): AccountSlot | null {
    return this.defaults.get(provider) ?? null;
  }

  enabled(provider: string | null): OpenAccount[] {
    return this.every(provider)
      .filter(({ record }) => record.enabled)
      .flatMap((slot) => slot.open() ?? []);
  }

  every(provider: string | null): AccountSlot[] {
    return [...this.slots.values()].filter(({ record }) => provider === null || record.provider === provider);
  }

  /** Puts what was read in the place of what was there; what has not changed stays open. */
  put(records: readonly AccountRecord[]): void {
    if (this.closed) return;
    const before = this.slots;
    const defaults = defaultsOf(records);
    const first = ({ id, provider }: AccountRecord) => Number(defaults.get(provider) !== id);
    const sorted = [...records].sort((a, b) => first(a) - first(b) || standing(a, b));
    this.slots = new Map(sorted.map((record) => [record.id, this.slotFor(record, before.get(record.id))]));
    this.defaults = new Map();
    for (const slot of this.slots.values()) {
      const { provider, id } = slot.record;
      if (defaults.get(provider) === id) this.defaults.set(provider, slot);
    }
    for (const [id, slot] of before) if (this.slots.get(id) !== slot) this.retire(slot);
    for (const record of sorted) this.slots.get(record.id)?.update(record, defaults.get(record.provider) === record.id);
    this.list(before);
    this.connectAll();
  }

  connect(): void {
    this.connecting = true;
    this.connectAll();
  }

  async close(): Promise<void> {
    this.closed = true;
    const all = [...this.retiring.keys(), ...this.slots.values()];
    for (const waiting of this.retiring.values()) clearTimeout(waiting);
    this.retiring.clear();
    this.slots.clear();
    this.defaults.clear();
    await Promise.all(all.map((slot) => slot.close()));
  }

  private slotFor(record: AccountRecord, held: AccountSlot | undefined): AccountSlot {
    if (held?.record.revision === record.revision && held.record.provider === record.provider) return held;
    const { kinds, secretPath } = this.options;
    const kind = kinds.find(({ provider }) => provider === record.provider) ?? null;
    return new AccountSlot(record, { ...this.options, kind, token: secretPath(record.id) });
  }

  private retire(slot: AccountSlot): void {
    const close = () => {
      this.retiring.delete(slot);
      void slot.close();
    };
    this.retiring.set(slot, setTimeout(close, this.options.graceMs).unref());
  }

  /** A step that names the provider alone means its default account, and what that one can do. */
  private list(before: ReadonlyMap<string, AccountSlot>): void {
    const { catalog } = this.options;
    for (const { record } of before.values()) delete catalog[nameOf(record)];
    Object.assign(catalog, this.general);
    for (const slot of this.slots.values()) {
      const facts = slot.facts();
      if (!facts) continue;
      catalog[nameOf(slot.record)] = facts;
      if (this.defaultOf(slot.record.provider) === slot) catalog[slot.record.provider] = facts;
    }
  }

  private connectAll(): void {
    if (!this.connecting) return;
    for (const slot of this.slots.values()) if (slot.connects && slot.record.enabled) slot.open();
  }
}

/** As a step names it. */
export function nameOf({ provider, id }: Pick<AccountRecord, 'provider' | 'id'>): string {
  return `${provider}:${id}`;
}
