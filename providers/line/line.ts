import type { AccountOptions, AccountTrial, ProviderKind } from '../contract';
import { PROVIDER_CATALOG } from '../facts';
import { call, faultCode } from '../http-call';
import { CODES } from './codes';
import { type LineAccount, send } from './send';
import { normalise, verify } from './webhook';

const secret = { type: 'string', minLength: 1, maxLength: 4096 } as const;
const facts = PROVIDER_CATALOG.line;

/** A LINE Official Account by its Messaging API: https://developers.line.biz/en/reference/messaging-api/ */
export const line: ProviderKind = {
  provider: 'line',
  settings: {
    type: 'object',
    additionalProperties: false,
    properties: {
      apiUrl: { type: 'string', pattern: '^https?://[^\\s?#]+$', description: 'Default: https://api.line.me.' },
    },
  },
  credentials: {
    type: 'object',
    additionalProperties: false,
    required: ['channelAccessToken', 'channelSecret'],
    properties: {
      channelAccessToken: { ...secret, description: 'A long-lived one.' },
      channelSecret: { ...secret, description: 'LINE signs its webhooks with it.' },
    },
  },
  fromEnvironment({ LINE_CHANNEL_ACCESS_TOKEN, LINE_CHANNEL_SECRET, LINE_API_URL }) {
    if (!LINE_CHANNEL_ACCESS_TOKEN) return null;
    return {
      settings: LINE_API_URL ? { apiUrl: LINE_API_URL } : {},
      credentials: {
        channelAccessToken: LINE_CHANNEL_ACCESS_TOKEN,
        ...(LINE_CHANNEL_SECRET ? { channelSecret: LINE_CHANNEL_SECRET } : {}),
      },
    };
  },
  factsOf: () => facts,
  open(options, world) {
    const account = accountOf(options);
    return {
      facts,
      send: (request) => send(account, world, request),
      verify: (request) => verify(request, account.channelSecret),
      normalise,
      test: () => trial(account),
    };
  },
};

function accountOf({ settings: { apiUrl }, credentials }: AccountOptions): LineAccount {
  const url = typeof apiUrl === 'string' && apiUrl !== '' ? apiUrl : 'https://api.line.me';
  return {
    apiUrl: url.replace(/\/+$/, ''),
    channelAccessToken: credentials.channelAccessToken ?? '',
    channelSecret: credentials.channelSecret,
  };
}

/** https://developers.line.biz/en/reference/messaging-api/#get-bot-info; the account's name stays out of the answer. */
async function trial({ apiUrl, channelAccessToken }: LineAccount): Promise<AccountTrial> {
  try {
    const headers = { authorization: `Bearer ${channelAccessToken}` };
    const { status } = await call({ method: 'GET', url: `${apiUrl}/v2/bot/info`, headers });
    if (status === 200) return { ok: true, detail: 'The LINE Official Account answers.' };
    const title = CODES[String(status)]?.title;
    return { ok: false, code: String(status), detail: `LINE answered with ${status}${title ? `: ${title}` : ''}.` };
  } catch (error) {
    return { ok: false, code: faultCode(error), detail: 'LINE could not be reached.' };
  }
}
