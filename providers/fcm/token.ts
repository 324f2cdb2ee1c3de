import { gaxios, JWT } from 'google-auth-library';
import type { SendAnswer } from '../contract';
import { byHttpStatus, faultCode } from '../http-call';
import { tokenErrors } from './codes';
import type { ServiceAccount } from './service-account';

const SCOPE = 'https://www.googleapis.com/auth/firebase.messaging';
/** Less than a send may take: a token that does not come is told as what it is, and not as an uncertain send. */
const PATIENCE_MS = 5_000;

/** No token, so that nothing can have been sent. */
export class NoToken extends Error {
  constructor(readonly answer: SendAnswer) {
    super('there is no token for FCM');
    this.name = 'NoToken';
  }
}

export interface Tokens {
  /** @throws NoToken */
  get(): Promise<string>;
  /** The one in use was refused: the next send asks for another. */
  forget(): void;
}

/**
 * Access tokens of a service account, each used until five minutes before its end, and asked for once however many sends
 * wait for it: https://developers.google.com/identity/protocols/oauth2/service-account.
 */
export function createTokens(account: ServiceAccount, tokenUrl: string | undefined): Tokens {
  const open = () =>
    new JWT({
      email: account.clientEmail,
      key: account.privateKey,
      scopes: [SCOPE],
      transporter: new TokenTransport(tokenUrl),
    });
  let auth = open();
  return {
    async get() {
      try {
        const { token } = await auth.getAccessToken();
        if (!token) throw new NoToken(refused(null));
        return token;
      } catch (error) {
        throw error instanceof NoToken ? error : new NoToken(refusalOf(error));
      }
    },
    forget() {
      auth = open();
    },
  };
}

/** Google's library has the address written into it, and tries again by itself, which here only the core does. */
class TokenTransport extends gaxios.Gaxios {
  constructor(private readonly tokenUrl: string | undefined) {
    super();
  }

  override request<T>(options: gaxios.GaxiosOptions = {}): gaxios.GaxiosPromise<T> {
    const once: gaxios.GaxiosOptions = {
      ...options,
      retry: false,
      redirect: 'error',
      timeout: PATIENCE_MS,
      fetchImplementation: fetch,
    };
    delete once.retryConfig;
    if (this.tokenUrl !== undefined) once.url = this.tokenUrl;
    return super.request<T>(once);
  }
}

function refused(code: string | null): SendAnswer {
  return { outcome: 'rejected', reason: 'auth_failed', code, retryAfterMs: null };
}

function refusalOf(error: unknown): SendAnswer {
  const away: SendAnswer = {
    outcome: 'rejected',
    reason: 'provider_unavailable',
    code: faultCode(error),
    retryAfterMs: null,
  };
  // A key that cannot sign fails before any request is made.
  if (!(error instanceof gaxios.GaxiosError)) return refused(null);
  if (!error.response) return away;
  const { status, headers, data } = error.response;
  const code: unknown = (data as { error?: unknown } | null)?.error;
  if (typeof code === 'string' && Object.hasOwn(tokenErrors, code)) return refused(code);
  const settled = byHttpStatus({ status, headers }, null);
  if (settled?.outcome === 'rejected') return settled;
  return status >= 500 ? away : refused(typeof code === 'string' ? code.slice(0, 64) : String(status));
}
