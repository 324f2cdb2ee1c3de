import { validator } from '../schemas/validate';
import { type AccountRecord, environmentId } from './account-record';
import type { AccountOptions, ProviderKind } from './contract';

/**
 * The accounts that the environment describes: read once, as the environment of a process does not change. One that
 * cannot be right is told to `onFault` by the names of what is wrong, and left out.
 */
export function environmentAccounts(
  kinds: readonly ProviderKind[],
  env: NodeJS.ProcessEnv,
  onFault: (message: string, error: unknown) => void,
): AccountRecord[] {
  return kinds.flatMap((kind) => {
    const { provider } = kind;
    const found = describedIn(kind, env);
    if (!found) return [];
    const wrong = found === 'unreadable' ? ['A variable cannot be read.'] : wrongParts(kind, found);
    if (found === 'unreadable' || wrong.length > 0) {
      onFault(`the account of ${provider} in the environment cannot be used`, new Error(wrong.join(' ')));
      return [];
    }
    const standing = { isDefault: false, enabled: true, perSecond: null, revision: 0, createdAt: 0 };
    return [{ id: environmentId(provider), name: `${provider}, by environment`, provider, ...found, ...standing }];
  });
}

/** What an error says may quote the variable. */
function describedIn(kind: ProviderKind, env: NodeJS.ProcessEnv) {
  try {
    return kind.fromEnvironment(env);
  } catch {
    return 'unreadable';
  }
}

/** In sentences that name fields and never what stands in them. */
function wrongParts(kind: ProviderKind, { settings, credentials }: Pick<AccountOptions, 'settings' | 'credentials'>) {
  const errors = [
    validator(kind.settings, `the settings of ${kind.provider}`)(settings),
    validator(kind.credentials, `the credentials of ${kind.provider}`)(credentials),
  ].flatMap((result) => (result.ok ? [] : result.errors));
  return [...errors, ...(errors.length > 0 ? [] : (kind.judge?.(settings) ?? []))].map(({ message }) => message);
}
