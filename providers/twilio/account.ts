import type { AccountOptions } from '../contract';

const link = { type: 'string', pattern: '^https?://', maxLength: 2048 } as const;

export const settingsSchema = {
  type: 'object',
  additionalProperties: false,
  properties: {
    from: {
      type: 'string',
      pattern: '^([+][1-9][0-9]{1,14}|[0-9]{3,8}|(?=.*[A-Za-z])[A-Za-z0-9 &+_-]{1,11})$',
      description: 'Who an SMS is from: a number in E.164, a short code, or up to 11 letters and digits.',
    },
    messagingServiceSid: { type: 'string', pattern: '^MG[0-9a-fA-F]{32}$' },
    whatsappFrom: { type: 'string', pattern: '^(whatsapp:)?[+][1-9][0-9]{1,14}$' },
    rcsFrom: { type: 'string', pattern: '^(rcs:)?[A-Za-z0-9_.-]{1,128}$', description: 'An RCS sender: rcs:agent.' },
    apiUrl: { ...link, description: 'In place of https://api.twilio.com.' },
    contentUrl: {
      ...link,
      description: 'In place of https://content.twilio.com; left out: apiUrl, where that is set.',
    },
  },
} as const;

export const credentialsSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['accountSid', 'authToken'],
  properties: {
    accountSid: { type: 'string', pattern: '^AC[0-9a-fA-F]{32}$' },
    authToken: { type: 'string', minLength: 1, maxLength: 256, description: 'Webhooks are signed with it.' },
    apiKeySid: { type: 'string', pattern: '^SK[0-9a-fA-F]{32}$', description: 'Sends in place of the auth token.' },
    apiKeySecret: { type: 'string', minLength: 1, maxLength: 256 },
  },
  dependentRequired: { apiKeySid: ['apiKeySecret'], apiKeySecret: ['apiKeySid'] },
} as const;

/** The names of the environment’s variables, by what they are in an account. */
const SETTINGS = {
  from: 'TWILIO_FROM',
  messagingServiceSid: 'TWILIO_MESSAGING_SERVICE_SID',
  whatsappFrom: 'TWILIO_WHATSAPP_FROM',
  rcsFrom: 'TWILIO_RCS_FROM',
  apiUrl: 'TWILIO_API_URL',
  contentUrl: 'TWILIO_CONTENT_URL',
} as const;

export type TwilioSettings = Partial<Record<keyof typeof SETTINGS, string>>;

export function fromEnvironment(env: NodeJS.ProcessEnv): Pick<AccountOptions, 'settings' | 'credentials'> | null {
  const { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken } = env;
  if (!accountSid || !authToken) return null;
  const set = Object.entries(SETTINGS).flatMap(([name, variable]) => (env[variable] ? [[name, env[variable]]] : []));
  return { settings: Object.fromEntries(set), credentials: { accountSid, authToken } };
}

/** Judged by the schemas before an account is opened. */
export function settingsOf(settings: AccountOptions['settings']): TwilioSettings {
  const text = (name: keyof TwilioSettings) => {
    const value = settings[name];
    return typeof value === 'string' && value !== '' ? { [name]: value } : {};
  };
  return Object.assign({}, ...(Object.keys(SETTINGS) as (keyof TwilioSettings)[]).map(text));
}
