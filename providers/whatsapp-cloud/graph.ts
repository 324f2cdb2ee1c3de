import type { AccountOptions } from '../contract';
import { type Answer, call, objectIn } from '../http-call';

/** An account of the Cloud API. */
export interface GraphAccount {
  /** Scheme and host, and the version: `https://graph.facebook.com/v26.0`. */
  root: string;
  phoneNumberId: string;
  /** The WhatsApp Business Account, which has the templates; null where it was not given. */
  businessAccountId: string | null;
  accessToken: string;
  appSecret: string | undefined;
  verifyToken: string | undefined;
}

/** https://developers.facebook.com/documentation/development/graph-api/changelog: of July 2026, good for two years. */
const API_VERSION = 'v26.0';

export function graphAccount({ settings, credentials }: AccountOptions): GraphAccount {
  const text = (name: string, otherwise: string) => {
    const value = settings[name];
    return typeof value === 'string' && value !== '' ? value : otherwise;
  };
  const apiUrl = text('apiUrl', 'https://graph.facebook.com').replace(/\/+$/, '');
  return {
    root: `${apiUrl}/${text('apiVersion', API_VERSION)}`,
    phoneNumberId: text('phoneNumberId', ''),
    businessAccountId: text('businessAccountId', '') || null,
    accessToken: credentials.accessToken ?? '',
    appSecret: credentials.appSecret,
    verifyToken: credentials.verifyToken,
  };
}

/** @throws NotReached where it surely did not arrive */
export function graphCall(
  { root, accessToken }: GraphAccount,
  method: 'GET' | 'POST',
  path: string,
  body?: object,
  signal?: AbortSignal,
): Promise<Answer> {
  return call({
    method,
    url: `${root}/${path}`,
    headers: {
      authorization: `Bearer ${accessToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal,
  });
}

export interface GraphError {
  code: string;
  subcode: string | null;
  /** For people; may repeat what was sent, so that it is not for logs or events. */
  words: string;
}

/** https://developers.facebook.com/docs/graph-api/guides/error-handling; null where the body is no error of Graph's. */
export function errorIn(text: string): GraphError | null {
  const error = objectIn(text)?.error as Record<string, unknown> | undefined;
  if (typeof error?.code !== 'number') return null;
  const data = error.error_data as { details?: unknown } | null | undefined;
  const words = [error.error_user_msg, data?.details, error.message].find((one) => typeof one === 'string');
  return {
    code: String(error.code),
    subcode: typeof error.error_subcode === 'number' ? String(error.error_subcode) : null,
    words: typeof words === 'string' ? words : '',
  };
}
