import { createHash, createSign, generateKeyPairSync, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Whom the provider knows, and what it says of them. */
export interface Claims {
  email?: string;
  email_verified?: boolean | string;
  [claim: string]: unknown;
}

/** An OpenID provider on this machine: discovery, authorization, token and keys, as OpenID Connect Core 1.0 has them. */
export interface OpenIdStandIn {
  issuer: string;
  /** Who is signed in there, for the next authorizations. */
  claims: Claims;
  /** What it says in the ID token in place of the truth, such as another nonce. */
  lies: Record<string, unknown>;
  /** Signs with a key that it does not show. */
  forges: boolean;
  /** Where userinfo says more than the token does. */
  userinfo: Claims | null;
  /** Requests that were not as the standard has them. Each a sentence. */
  complaints: string[];
  close(): Promise<void>;
}

interface Grant {
  redirectUri: string;
  challenge: string;
  nonce: string;
}

const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

export async function startOpenId(client: { id: string; secret: string }): Promise<OpenIdStandIn> {
  const own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const grants = new Map<string, Grant>();
  const server = createServer((req, res) => void answer(req, res));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const standIn: OpenIdStandIn = {
    issuer,
    claims: {},
    lies: {},
    forges: false,
    userinfo: null,
    complaints: [],
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const idToken = ({ nonce }: Grant) => {
    const now = Math.floor(Date.now() / 1000);
    const body = { iss: issuer, aud: client.id, sub: 'user-1', iat: now, exp: now + 60, nonce, ...standIn.claims };
    const signed = `${text({ alg: 'RS256', kid: 'one' })}.${text({ ...body, ...standIn.lies })}`;
    return `${signed}.${createSign('RSA-SHA256')
      .update(signed)
      .sign((standIn.forges ? other : own).privateKey)
      .toString('base64url')}`;
  };

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const url = new URL(req.url ?? '/', issuer);
    if (url.pathname === '/authorize') return authorize(url.searchParams, res);
    if (url.pathname === '/token') return token(req, res);
    if (url.pathname === '/userinfo') return json(res, 200, { sub: 'user-1', ...standIn.userinfo });
    if (url.pathname === '/jwks') {
      return json(res, 200, {
        keys: [{ ...own.publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }],
      });
    }
    if (url.pathname === '/.well-known/openid-configuration') return json(res, 200, metadataOf(issuer));
    return json(res, 404, {});
  }

  function authorize(query: URLSearchParams, res: ServerResponse): void {
    const expected = { response_type: 'code', client_id: client.id, code_challenge_method: 'S256' };
    for (const [name, value] of Object.entries(expected)) {
      if (query.get(name) !== value) standIn.complaints.push(`${name} is ${query.get(name)}`);
    }
    if (!query.get('scope')?.split(' ').includes('openid')) standIn.complaints.push('the scope has no openid');
    const code = randomUUID();
    const [redirectUri, challenge, nonce] = ['redirect_uri', 'code_challenge', 'nonce'].map(
      (name) => query.get(name) ?? '',
    );
    grants.set(code, { redirectUri: redirectUri ?? '', challenge: challenge ?? '', nonce: nonce ?? '' });
    const back = new URL(redirectUri ?? '');
    back.searchParams.set('code', code);
    back.searchParams.set('state', query.get('state') ?? '');
    res.writeHead(302, { location: back.href }).end();
  }

  async function token(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const body = new URLSearchParams(await textOf(req));
    const grant = grants.get(body.get('code') ?? '');
    // A code is good once (RFC 6749, 4.1.2).
    grants.delete(body.get('code') ?? '');
    if (!isClient(req.headers.authorization)) return json(res, 401, { error: 'invalid_client' });
    const challenge = createHash('sha256')
      .update(body.get('code_verifier') ?? '')
      .digest('base64url');
    if (!grant || grant.challenge !== challenge || grant.redirectUri !== body.get('redirect_uri')) {
      return json(res, 400, { error: 'invalid_grant' });
    }
    return json(res, 200, { access_token: 'a token', token_type: 'Bearer', expires_in: 60, id_token: idToken(grant) });
  }
  /** Both are encoded as in a form before they are joined (RFC 6749, 2.3.1). */
  function isClient(authorization = ''): boolean {
    const [id = '', secret = ''] = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().split(':');
    return decodeURIComponent(id) === client.id && decodeURIComponent(secret) === client.secret;
  }
  return standIn;
}

function metadataOf(issuer: string) {
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
    code_challenge_methods_supported: ['S256'],
  };
}

function json(res: ServerResponse, status: number, body: object): void {
  res.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

async function textOf(req: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of req) body += chunk;
  return body;
}
