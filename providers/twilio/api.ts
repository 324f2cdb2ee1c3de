import { AsyncLocalStorage } from 'node:async_hooks';
import type { Twilio } from 'twilio';
import type { AccountOptions } from '../contract';
import { type Answer, call, objectIn } from '../http-call';
import { settingsOf, type TwilioSettings } from './account';
import { sdk } from './sdk';

/** What is known of the one request that is going on: the SDK has no parameter for either. */
interface Exchange {
  signal: AbortSignal | undefined;
  answer: Answer | null;
}

export type Exchanged<T> =
  | { ok: true; value: T }
  /** An answer other than 2xx; `code` and `message` are Twilio's own, where it gave them. */
  | { ok: false; answer: Answer; code: string | null; message: string | null };

/** Twilio's interface through its own SDK, on our connections. */
export interface TwilioApi {
  /**
   * One request of the SDK. It is never made again by itself.
   * @param signal left out: the patience of everything that is no send
   * @throws NotReached where it surely did not arrive; anything else thrown leaves that open
   */
  ask<T>(request: (client: Twilio) => Promise<T>, options?: AskOptions): Promise<Exchanged<T>>;
}

interface AskOptions {
  signal?: AbortSignal;
  /** With the auth token, also where there is an API key: the Accounts resource is closed to standard keys. */
  asAccount?: boolean;
}

export function openApi({ settings, credentials }: Pick<AccountOptions, 'settings' | 'credentials'>): TwilioApi {
  const { accountSid = '', authToken = '', apiKeySid, apiKeySecret } = credentials;
  const exchanges = new AsyncLocalStorage<Exchange>();
  const httpClient = createHttpClient(settingsOf(settings), exchanges);
  const { Twilio: Client } = sdk();
  const asAccount = new Client(accountSid, authToken, { accountSid, httpClient, autoRetry: false });
  const usual =
    apiKeySid && apiKeySecret
      ? new Client(apiKeySid, apiKeySecret, { accountSid, httpClient, autoRetry: false })
      : asAccount;
  return {
    async ask(request, options = {}) {
      const exchange: Exchange = { signal: options.signal, answer: null };
      try {
        const client = options.asAccount ? asAccount : usual;
        return { ok: true, value: await exchanges.run(exchange, () => request(client)) };
      } catch (error) {
        const { answer } = exchange;
        if (answer === null) throw error;
        // The parser's own error quotes the text, in which addresses stand.
        if (answer.status >= 200 && answer.status < 300) throw new TypeError('an answer of Twilio’s could not be read');
        return { ok: false, answer, ...wordsIn(answer) };
      }
    },
  };
}

/**
 * Drives the SDK's requests over connections that are kept open, with a signal, and to the address that the account is
 * set to. The SDK's own client can do neither of the last two, and repeats nothing here.
 */
function createHttpClient(settings: TwilioSettings, exchanges: AsyncLocalStorage<Exchange>) {
  const { RequestClient } = sdk();
  return new (class extends RequestClient {
    override async request<T>(options: Parameters<InstanceType<typeof RequestClient>['request']>[0]) {
      const exchange = exchanges.getStore();
      const { username, password, uri, params } = options;
      const headers: Record<string, string> = { ...options.headers };
      if (username && password) {
        headers.Authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
      }
      const answer = await call({
        method: methodOf(options.method),
        url: addressOf(uri, params as Fields | undefined, settings),
        headers,
        body: bodyOf(options.data, headers['Content-Type']),
        signal: exchange?.signal,
      });
      if (exchange) exchange.answer = answer;
      // The SDK parses it itself, and makes its own errors of a refusal.
      return { statusCode: answer.status, body: answer.text as T, headers: Object.fromEntries(answer.headers) };
    }
  })();
}

type Fields = Readonly<Record<string, unknown>>;

function methodOf(method: string): 'GET' | 'POST' | 'PUT' | 'DELETE' {
  const upper = method.toUpperCase();
  if (upper === 'GET' || upper === 'POST' || upper === 'PUT' || upper === 'DELETE') return upper;
  throw new TypeError(`Twilio's interface has no ${upper}`);
}

/** The SDK addresses https://{product}.twilio.com; a stand-in or a proxy has one address for all. */
function addressOf(uri: string, params: Fields | undefined, settings: TwilioSettings): string {
  const at = new URL(uri);
  const base = at.hostname.startsWith('content.') ? (settings.contentUrl ?? settings.apiUrl) : settings.apiUrl;
  const query = params ? `?${formOf(params)}` : at.search;
  return `${(base ?? at.origin).replace(/\/+$/, '')}${at.pathname}${query}`;
}

function bodyOf(data: unknown, contentType: string | undefined): string | undefined {
  if (data === undefined || data === null) return undefined;
  return contentType === 'application/json' ? JSON.stringify(data) : formOf(data as Fields);
}

function formOf(fields: Fields): string {
  const form = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    for (const one of Array.isArray(value) ? value : [value]) if (one !== undefined) form.append(name, String(one));
  }
  return form.toString();
}

/** https://www.twilio.com/docs/usage/twilios-response: `code`, `message`, `more_info`, `status`; RFC 9457 in newer parts. */
function wordsIn({ text }: Answer): { code: string | null; message: string | null } {
  const { code, message, detail, title } = objectIn(text) ?? {};
  const words = [message, detail, title].find((one) => typeof one === 'string');
  return {
    code: typeof code === 'number' || (typeof code === 'string' && code !== '') ? String(code) : null,
    message: typeof words === 'string' ? words : null,
  };
}
