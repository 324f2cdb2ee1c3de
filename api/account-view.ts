import { isoTime } from '../core/iso-time';
import type { AccountView } from '../schemas/provider-account';
import type { ProviderAccount } from '../store/contract';
import type { EnvironmentAccount } from './deps';
import type { Services } from './services';

/** What is shown in the place of a credential. */
export const SET = 'set';

type Viewing = Pick<Services, 'providers' | 'accounts' | 'publicUrl'>;

export function storedView(services: Viewing, account: ProviderAccount): AccountView {
  const { createdAt, updatedAt } = account;
  const times = { createdAt: isoTime(createdAt), updatedAt: isoTime(updatedAt) };
  return { ...viewOf(services, account), source: 'api', ...times };
}

/** Whether it is the default follows from what else there is. */
export function environmentView(services: Viewing, account: EnvironmentAccount): AccountView {
  const { id, provider } = account;
  const isDefault = services.providers.find({ provider, account: null })?.id === id;
  return { ...viewOf(services, { ...account, isDefault }), source: 'environment', createdAt: null, updatedAt: null };
}

function viewOf(services: Viewing, account: EnvironmentAccount) {
  const { id, name, provider, isDefault, enabled, perSecond, settings } = account;
  const credentials = Object.fromEntries(Object.keys(account.credentials).map((credential) => [credential, SET]));
  const webhookUrl = webhookUrlOf(services, account);
  return { id, name, provider, isDefault, enabled, perSecond, settings: { ...settings }, credentials, webhookUrl };
}

/** The plain path for a provider that signs, the secret one for any other; null where it calls none, or cannot be opened. */
function webhookUrlOf({ providers, accounts, publicUrl }: Viewing, { id, provider }: EnvironmentAccount) {
  const adapter = providers.receiving(provider).find((account) => account.id === id)?.adapter;
  if (!adapter?.normalise) return null;
  const path = `${publicUrl}/v1/receipts/${provider}`;
  return adapter.verify ? path : `${path}/${accounts.secretPath(id)}`;
}
