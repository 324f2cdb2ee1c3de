import type { AccountTrial, ProviderKind } from '../contract';
import { PROVIDER_CATALOG } from '../facts';
import { faultCode, objectIn } from '../http-call';
import { CODES } from './codes';
import { errorIn, type GraphAccount, graphAccount, graphCall } from './graph';
import { send } from './send';
import { approvals } from './templates';
import { challenge, normalise, verify } from './webhook';

const id = { type: 'string', pattern: '^[0-9]{1,32}$' } as const;
const secret = { type: 'string', minLength: 1, maxLength: 4096 } as const;
const facts = PROVIDER_CATALOG['whatsapp-cloud'];

/** WhatsApp through Meta's own Cloud API: https://developers.facebook.com/docs/whatsapp/cloud-api */
export const whatsappCloud: ProviderKind = {
  provider: 'whatsapp-cloud',
  settings: {
    type: 'object',
    additionalProperties: false,
    required: ['phoneNumberId'],
    properties: {
      phoneNumberId: { ...id, description: 'The number that sends, by Meta’s ID of it.' },
      businessAccountId: { ...id, description: 'The WhatsApp Business Account, which has the templates.' },
      apiUrl: { type: 'string', pattern: '^https?://[^\\s?#]+$', description: 'Default: https://graph.facebook.com.' },
      apiVersion: { type: 'string', pattern: '^v[0-9]{1,3}\\.[0-9]{1,2}$', description: 'Default: v26.0.' },
    },
  },
  credentials: {
    type: 'object',
    additionalProperties: false,
    required: ['accessToken', 'appSecret'],
    properties: {
      accessToken: { ...secret, description: 'Of a system user, with whatsapp_business_messaging and _management.' },
      appSecret: { ...secret, description: 'Of the app: Meta signs its webhooks with it.' },
      verifyToken: { ...secret, description: 'One’s own word, given to Meta with the address of the webhook.' },
    },
  },
  fromEnvironment(env) {
    const phoneNumberId = env.WHATSAPP_CLOUD_PHONE_NUMBER_ID;
    const accessToken = env.WHATSAPP_CLOUD_ACCESS_TOKEN;
    if (!phoneNumberId || !accessToken) return null;
    const settings = {
      phoneNumberId,
      businessAccountId: env.WHATSAPP_CLOUD_BUSINESS_ACCOUNT_ID,
      apiUrl: env.WHATSAPP_CLOUD_API_URL,
      apiVersion: env.WHATSAPP_CLOUD_API_VERSION,
    };
    const { WHATSAPP_CLOUD_APP_SECRET: appSecret, WHATSAPP_CLOUD_VERIFY_TOKEN: verifyToken } = env;
    return { settings: filled(settings), credentials: filled({ accessToken, appSecret, verifyToken }) };
  },
  factsOf: () => facts,
  open(options, world) {
    const account = graphAccount(options);
    return {
      facts,
      send: (request) => send(account, world, request),
      verify: (request) => verify(request, account.appSecret),
      normalise: (request) => normalise(request, world.unknownCode),
      challenge: (request) => challenge(request, account.verifyToken),
      approvals: approvals(account, world.unknownCode),
      test: () => trial(account),
    };
  },
};

/** The number's own node: it needs the token, and sends nothing. Number and name stay out of the answer. */
async function trial(account: GraphAccount): Promise<AccountTrial> {
  const fields = 'display_phone_number,verified_name,quality_rating';
  try {
    const path = `${encodeURIComponent(account.phoneNumberId)}?fields=${fields}`;
    const answer = await graphCall(account, 'GET', path);
    if (answer.status === 200) {
      const rating = objectIn(answer.text)?.quality_rating;
      const known = typeof rating === 'string' && /^[A-Z_]{1,20}$/.test(rating);
      return { ok: true, detail: `The phone number answers; its quality rating is ${known ? rating : 'UNKNOWN'}.` };
    }
    const code = errorIn(answer.text)?.code ?? String(answer.status);
    const title = Object.hasOwn(CODES, code) ? CODES[code]?.title : undefined;
    return { ok: false, code, detail: `Meta answered with ${answer.status}${title ? `: ${title}` : ''}.` };
  } catch (error) {
    return { ok: false, code: faultCode(error), detail: 'Meta could not be reached.' };
  }
}

function filled(values: Record<string, string | undefined>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).filter((one): one is [string, string] => Boolean(one[1])));
}
