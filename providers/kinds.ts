import type { ProviderKind } from './contract';

/** Every provider that has accounts. */
export const PROVIDER_KINDS: readonly ProviderKind[] = [];

/** Null for a provider that has none: the sandbox, our own inbox. */
export function kindOf(provider: string, kinds: readonly ProviderKind[] = PROVIDER_KINDS): ProviderKind | null {
  return kinds.find((kind) => kind.provider === provider) ?? null;
}
