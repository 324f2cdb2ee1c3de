import type { Configuration } from 'openid-client';
import type { OpenIdSettings } from './deps';

/** What a provider says of itself is asked for anew after this long. */
const KNOWN_FOR_MS = 3_600_000;
const TIMEOUT_SECONDS = 10;

/** What one sign-in has to come back with; it stays in the browser that began it. */
export interface Flight {
  state: string;
  nonce: string;
  /** Of PKCE (RFC 7636). */
  verifier: string;
  /** A path of the console. */
  returnTo: string;
}

export interface OpenIdProvider {
  /** Where to send the browser, and what it has to come back with. Rejects when the provider cannot be asked. */
  begin(redirectUri: string, returnTo: string): Promise<{ url: string; flight: Flight }>;
  /**
   * The address that the provider vouches for, null where it vouches for none. Rejects when what came back is not what
   * was begun, or the provider does not stand by it.
   * @param url where the browser came back to, with its query
   */
  verifiedEmail(url: URL, flight: Flight): Promise<string | null>;
}

/**
 * Authorization code with PKCE, state and nonce, by openid-client. That package has ECMAScript modules only and is loaded
 * by the first who signs in with it.
 */
export function createOpenIdProvider(settings: OpenIdSettings, now: () => number): OpenIdProvider {
  const load = () => import('openid-client');
  let known: { config: Promise<Configuration>; until: number } | null = null;
  const configuration = (): Promise<Configuration> => {
    if (known && known.until > now()) return known.config;
    const config = discover(settings);
    const asked = { config, until: now() + KNOWN_FOR_MS };
    known = asked;
    // What failed is asked again by the next.
    config.catch(() => {
      if (known === asked) known = null;
    });
    return config;
  };

  return {
    async begin(redirectUri, returnTo) {
      const client = await load();
      const config = await configuration();
      const verifier = client.randomPKCECodeVerifier();
      const flight = { state: client.randomState(), nonce: client.randomNonce(), verifier, returnTo };
      const url = client.buildAuthorizationUrl(config, {
        ...{ redirect_uri: redirectUri, scope: 'openid email profile' },
        ...{ state: flight.state, nonce: flight.nonce },
        ...{ code_challenge: await client.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' },
      });
      return { url: url.href, flight };
    },

    async verifiedEmail(url, { state, nonce, verifier }) {
      const client = await load();
      const config = await configuration();
      const tokens = await client.authorizationCodeGrant(config, url, {
        ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: verifier, idTokenExpected: true },
      });
      const claims = tokens.claims();
      if (!claims) return null;
      if (claims.email !== undefined) return vouchedFor(claims);
      // Some say it only where they are asked besides.
      if (!config.serverMetadata().userinfo_endpoint) return null;
      return vouchedFor(await client.fetchUserInfo(config, tokens.access_token, claims.sub));
    },
  };
}

async function discover({ issuer, clientId, clientSecret }: OpenIdSettings): Promise<Configuration> {
  const client = await import('openid-client');
  const server = new URL(issuer);
  // The settings let http through for this machine alone.
  const execute = server.protocol === 'http:' ? [client.allowInsecureRequests] : [];
  const found = await client.discovery(server, clientId, undefined, undefined, { execute, timeout: TIMEOUT_SECONDS });
  const metadata = found.serverMetadata();
  const config = new client.Configuration(metadata, clientId, clientSecret ?? undefined, authentication());
  for (const extension of execute) extension(config);
  // The signature besides: where there is no TLS between, nothing else says whose word it is.
  client.enableNonRepudiationChecks(config);
  config.timeout = TIMEOUT_SECONDS;
  return config;

  /** In the body where that is taken: not every provider reads an encoded secret in the header as RFC 6749 has it. */
  function authentication() {
    if (clientSecret === null) return client.None();
    // By OpenID Connect Discovery 1.0, 3, it is client_secret_basic where nothing is said.
    const posted = metadata.token_endpoint_auth_methods_supported?.includes('client_secret_post');
    return posted ? client.ClientSecretPost(clientSecret) : client.ClientSecretBasic(clientSecret);
  }
}

function vouchedFor({ email, email_verified }: Readonly<Record<string, unknown>>): string | null {
  return typeof email === 'string' && email_verified === true ? email : null;
}
