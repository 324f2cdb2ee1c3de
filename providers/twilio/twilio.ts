import type { AccountOptions, AccountTrial, ProviderAdapter, ProviderKind, ProviderWorld } from '../contract';
import { PROVIDER_CATALOG } from '../facts';
import { attempt, faultCode, isNotReached } from '../http-call';
import { credentialsSchema, fromEnvironment, settingsOf, settingsSchema } from './account';
import { type Exchanged, openApi, type TwilioApi } from './api';
import { createApprovals } from './content';
import { lookup, send } from './send';
import { normalise, verify } from './webhook';

/**
 * SMS, WhatsApp and RCS through Twilio's Message resource (https://www.twilio.com/docs/messaging/api/message-resource).
 * A message can be taken back only while it is scheduled, which none of ours ever is.
 */
export const twilio: ProviderKind = {
  provider: 'twilio',
  settings: settingsSchema,
  credentials: credentialsSchema,
  fromEnvironment,
  factsOf: () => PROVIDER_CATALOG.twilio,
  open,
};

function open({ settings, credentials }: AccountOptions, world: ProviderWorld): ProviderAdapter {
  const facts = PROVIDER_CATALOG.twilio;
  const api = openApi({ settings, credentials });
  const carrier = { api, settings: settingsOf(settings), facts, world };
  const { accountSid = '', authToken = '', apiKeySid } = credentials;
  return {
    facts,
    send: (request) => attempt(() => send(carrier, request)),
    lookup: (message) => lookup(carrier, message),
    verify: (request) => verify(authToken, request),
    normalise: (request) => normalise(request, world),
    approvals: createApprovals(api, world),
    test: () => trial(api, accountSid, apiKeySid !== undefined),
  };
}

/** https://www.twilio.com/docs/iam/api/account; a key cannot read that, but can list a message. */
async function trial(api: TwilioApi, accountSid: string, hasKey: boolean): Promise<AccountTrial> {
  try {
    const account = await api.ask((client) => client.api.v2010.accounts(accountSid).fetch(), { asAccount: true });
    if (!account.ok) return refusedTrial(account, 'account SID and auth token');
    const { status, type } = account.value;
    if (status !== 'active') return { ok: false, code: status, detail: `The account is ${status}.` };
    const key = hasKey ? await api.ask((client) => client.messages.page({ pageSize: 1 })) : null;
    if (key && !key.ok) return refusedTrial(key, 'API key');
    return { ok: true, detail: type === 'Trial' ? 'The account is active, and a trial.' : 'The account is active.' };
  } catch (error) {
    const detail = isNotReached(error) ? 'Twilio could not be reached.' : 'Twilio did not answer as it should.';
    return { ok: false, code: faultCode(error), detail };
  }
}

function refusedTrial({ answer, code }: Extract<Exchanged<unknown>, { ok: false }>, what: string): AccountTrial {
  return { ok: false, code, detail: `Twilio did not take the ${what} (status ${answer.status}).` };
}
