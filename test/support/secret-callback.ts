import type { NewCallbackProfile, NewDelivery, Store } from '../../store/contract';

/** What of a callback and its profile may stand nowhere readable. */
export const CALLBACK_SECRETS = [
  'url-token-of-the-customer',
  'header-of-the-customer',
  'user-of-the-customer',
  'password-of-the-customer',
  'whsec_c2VjcmV0LW9mLXRoZS1wcm9maWxl',
  'basket-of-the-body',
  'answer-of-the-endpoint',
  'error-with-the-url',
] as const;
const [token, header, username, password, secret, basket, response, error] = CALLBACK_SECRETS;

/** Puts a profile, a delivery and its attempt into the store, and changes each once. */
export async function keepSecretCallback({ callbackProfiles, deliveries }: Store, now: number): Promise<void> {
  const profile: NewCallbackProfile = {
    ...{ id: 'cbp_secret', name: 'Main', types: null, format: 'onward', enabled: true },
    url: `https://example.com/${token}`,
    headers: { 'x-key': header },
    auth: { type: 'basic', username, password },
    secrets: [{ secret, until: null }],
  };
  const delivery: NewDelivery = {
    ...{ id: 'cbd_secret', profileId: 'cbp_secret', invocationId: 'inv_1', seq: 1, type: 'invocation.started' },
    ...{ mode: 'live', createdAt: now, body: JSON.stringify({ metadata: { cart: basket } }), held: false },
  };
  await callbackProfiles.create(profile, now);
  const { id, ...change } = profile;
  await callbackProfiles.replace('cbp_secret', { ...change, name: 'Other' }, now);
  await deliveries.add([delivery]);
  await deliveries.claim('cbp_secret', now, now + 1000, 1);
  const attempt = { at: now, durationMs: 1, responseCode: 500, error, response };
  await deliveries.settle('cbd_secret', attempt, { status: 'pending', dueAt: now + 5000 }, now);
  const [kept] = await deliveries.attempts('cbd_secret');
  if (kept?.response !== response || kept.error !== error) throw new Error('the attempt was not kept as it was');
}
