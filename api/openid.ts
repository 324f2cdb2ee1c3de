import type { IncomingHttpHeaders } from 'node:http';
import type { Person } from '../store/contract';
import { faultOf } from './fault';
import { personByEmail } from './find-person';
import { createOpenIdProvider, type Flight, type OpenIdProvider } from './openid-provider';
import { notFound } from './problem';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';
import { personActor, SIGN_IN_AUDIT, strangerActor } from './session-audit';
import { type Cookie, cookieNamed } from './session-cookie';
import { redirect, SIGN_IN_PAGE } from './sign-in-link';

const PATH = '/v1/session/openid';
const CALLBACK = `${PATH}/callback`;
const TAG = 'session';
/** How long somebody may take at the provider. */
const FLIGHT_MS = 10 * 60_000;
const FLIGHT_TEXT_MAX = 2_000;
const HOME = '/console';

interface Ground {
  services: Services;
  provider: OpenIdProvider;
  /** Only the browser that began a sign-in can end it. */
  cookie: Cookie;
}

/** Signing in with an OpenID provider. Without one the routes say so. */
export function openIdRoutes(services: Services): Route[] {
  const { openId, publicUrl, now } = services;
  const cookie = cookieNamed('onward_openid', publicUrl);
  const ground = openId ? { services, provider: createOpenIdProvider(openId, now), cookie } : null;
  const query = (properties: object) => ({ type: 'object', additionalProperties: true, properties });
  return [
    route<unknown, { returnTo?: string }>({
      method: 'GET',
      path: PATH,
      summary: 'Sign in with the OpenID provider: leads there',
      tag: TAG,
      access: 'public',
      query: query({ returnTo: { type: 'string', maxLength: 500, description: 'A path of the console.' } }),
      responses: { 303: null },
      handle: async ({ query }) => (ground ? begin(ground, query.returnTo) : notSetUp()),
    }),
    route({
      method: 'GET',
      path: CALLBACK,
      summary: 'Where the OpenID provider leads back to',
      tag: TAG,
      access: 'public',
      audit: SIGN_IN_AUDIT,
      responses: { 303: null },
      handle: async (request) => (ground ? end(ground, request) : notSetUp()),
    }),
  ];
}

async function begin({ services, provider, cookie }: Ground, returnTo: string | undefined): Promise<ApiResponse> {
  try {
    const { url, flight } = await provider.begin(`${services.publicUrl}${CALLBACK}`, withinConsole(returnTo));
    return redirect(url, cookie.set(flightText(flight), FLIGHT_MS));
  } catch (error) {
    services.logger.warn({ error: faultOf(error) }, 'the OpenID provider cannot be asked');
    return redirect(`${SIGN_IN_PAGE}?problem=openid`);
  }
}

async function end({ services, provider, cookie }: Ground, request: ApiRequest): Promise<ApiResponse> {
  const back = (problem: string) => redirect(`${SIGN_IN_PAGE}?problem=${problem}`, cookie.clear());
  const flight = flightIn(cookie, request.headers);
  if (!flight) return back('openid');
  let email: string | null;
  try {
    email = await provider.verifiedEmail(new URL(`${services.publicUrl}${CALLBACK}?${request.search}`), flight);
  } catch (error) {
    services.logger.warn({ error: faultOf(error), said: saidBy(error) }, 'a sign-in with the OpenID provider failed');
    return back('openid');
  }
  const person = email === null ? null : await personWith(services, email);
  if (!person) return { ...back('unknown'), ...(email !== null && { by: strangerActor(email) }) };
  const begun = await services.sessions.begin(person, request.headers);
  const onward = redirect(withinConsole(flight.returnTo), begun.cookie, cookie.clear());
  return { ...onward, by: personActor(begun.person) };
}

/** The provider's own code, such as `invalid_client` (RFC 6749, 5.2). */
function saidBy(error: unknown): string | null {
  const { error: code } = error as { error?: unknown };
  return typeof code === 'string' && /^[a-z_]{1,60}$/.test(code) ? code : null;
}

/** Known here before: nobody comes in by a provider's word alone. */
async function personWith({ store }: Services, email: string): Promise<Person | null> {
  // Of this machine nobody elsewhere can speak: the first owner is called so.
  if (email.toLowerCase().endsWith('@localhost')) return null;
  const person = await personByEmail(store.people, email);
  return person && !person.disabled ? person : null;
}

/** The path that was asked for where it is one of the console, else its first page: never another site. */
export function withinConsole(returnTo: string | undefined): string {
  const base = 'http://console.invalid';
  if (!returnTo || !URL.canParse(returnTo, base)) return HOME;
  const { origin, pathname, search, hash } = new URL(returnTo, base);
  const within = origin === base && (pathname === HOME || pathname.startsWith(`${HOME}/`));
  return within ? `${pathname}${search}${hash}` : HOME;
}

function flightText(flight: Flight): string {
  return Buffer.from(JSON.stringify(flight)).toString('base64url');
}

function flightIn(cookie: Cookie, headers: IncomingHttpHeaders): Flight | null {
  const text = cookie.read(headers);
  if (text === null || text.length > FLIGHT_TEXT_MAX) return null;
  try {
    const { state, nonce, verifier, returnTo } = JSON.parse(Buffer.from(text, 'base64url').toString()) ?? {};
    const flight = { state, nonce, verifier, returnTo };
    return Object.values(flight).every((word) => typeof word === 'string' && word !== '') ? flight : null;
  } catch {
    return null;
  }
}

function notSetUp(): ApiResponse {
  return notFound('An OpenID provider', 'Set ONWARD_OPENID_ISSUER and its neighbours: docs/people-and-roles.md.');
}
