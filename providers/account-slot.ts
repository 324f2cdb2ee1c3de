import type { ProviderFacts } from '../core/provider-facts';
import type { AccountRecord } from './account-record';
import type { OpenAccount, ProviderKind, ProviderWorld } from './contract';

export interface SlotDeps {
  kind: ProviderKind | null;
  /** The secret end of its webhook path. */
  token: string;
  world(account: { id: string; provider: OpenAccount['provider']; token: string }): ProviderWorld;
  /** What every account is wrapped in. */
  guard(account: OpenAccount): OpenAccount;
  onFault(message: string, error: unknown): void;
}

/** One revision of an account, and its adapter once it was needed. */
export class AccountSlot {
  /** What is seen of it outside; its standing is put in place when the accounts are read again. */
  private account: OpenAccount | null = null;
  private broken = false;
  private isDefault = false;
  /** The very same for as long as its settings are: by that others see whether they changed. */
  private known: ProviderFacts | null = null;

  constructor(
    public record: AccountRecord,
    private readonly deps: SlotDeps,
  ) {}

  get token(): string {
    return this.deps.token;
  }

  /** Null where its settings are not what its kind can judge by. */
  facts(): ProviderFacts | null {
    this.known ??= this.factsOrNull();
    return this.known;
  }

  private factsOrNull(): ProviderFacts | null {
    try {
      return this.deps.kind?.factsOf(this.record.settings) ?? null;
    } catch {
      return null;
    }
  }

  /** What may change without opening it anew. */
  update(record: AccountRecord, isDefault: boolean): void {
    this.record = record;
    this.isDefault = isDefault;
    if (this.account) Object.assign(this.account, { isDefault, perSecond: record.perSecond });
  }

  /** Null where it cannot be opened: told once, and not tried again before it was changed. */
  open(): OpenAccount | null {
    if (this.account || this.broken) return this.account;
    const { id, provider, settings, credentials, perSecond } = this.record;
    const { kind, token, world, guard } = this.deps;
    try {
      if (!kind) throw new Error(`this Onward knows no accounts of ${provider}`);
      const adapter = kind.open({ id, settings, credentials }, world({ id, provider, token }));
      this.account = guard({ id, provider, isDefault: this.isDefault, adapter, perSecond });
    } catch (error) {
      this.broken = true;
      this.deps.onFault(`the provider account ${id} cannot be opened`, nameOnly(error));
    }
    return this.account;
  }

  get connects(): boolean {
    return this.deps.kind?.connects ?? false;
  }

  async close(): Promise<void> {
    const { account } = this;
    this.account = null;
    this.broken = true;
    try {
      await account?.adapter.close?.();
    } catch (error) {
      this.deps.onFault(`the provider account ${this.record.id} was not closed in order`, nameOnly(error));
    }
  }
}

/** What an error says may quote what it was given, such as half a key that is no JSON. */
function nameOnly(error: unknown): Error {
  const { name = 'Error', code } = (error ?? {}) as NodeJS.ErrnoException;
  return new Error(typeof code === 'string' ? `${name} ${code}` : name);
}
