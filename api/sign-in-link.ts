import type { IncomingHttpHeaders } from 'node:http';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';
import { personActor, SIGN_IN_AUDIT } from './session-audit';
import { ticketHash } from './tickets';

export const SIGN_IN_PAGE = '/console/sign-in';

const query = {
  type: 'object',
  additionalProperties: true,
  properties: { token: { type: 'string', maxLength: 500, description: 'From the link that the start printed.' } },
} as const;

/** The page to sign in on, in a form that the browser takes. */
type Page = (headers: IncomingHttpHeaders) => Promise<ApiResponse>;

/** The one-time link for the owner. Without a token the page itself is asked for. */
export function signInLinkRoutes(services: Services, page: Page): Route[] {
  return [
    route<unknown, { token?: string }>({
      method: 'GET',
      path: SIGN_IN_PAGE,
      summary: 'Sign in by a link that is good once; without a token, the page to sign in on',
      tag: 'session',
      access: 'public',
      audit: SIGN_IN_AUDIT,
      query,
      responses: { 200: null, 303: null },
      produces: ['text/html'],
      async handle(request) {
        const { token } = request.query;
        if (token === undefined) return page(request.headers);
        // Whoever only looks at the link has not followed it.
        if (request.method === 'HEAD') return { status: 200 };
        return follow(services, request, token);
      },
    }),
  ];
}

async function follow(
  { store, sessions, now }: Services,
  request: Pick<ApiRequest, 'headers'>,
  token: string,
): Promise<ApiResponse> {
  const hash = ticketHash(token);
  const ticket = hash && (await store.tickets.take('sign_in', hash, now()));
  const person = ticket && (await store.people.get(ticket.personId));
  if (!person || person.disabled) return redirect(`${SIGN_IN_PAGE}?problem=link`);
  // Who is in needs no other link that lies about.
  await store.tickets.drop(person.id, 'sign_in');
  const { cookie } = await sessions.begin(person, request.headers);
  return { ...redirect('/console', cookie), by: personActor(person) };
}

/** To a path of ours. What is in the address that leads away is told to nobody. */
export function redirect(location: string, ...cookies: string[]): ApiResponse {
  const headers = { location, 'referrer-policy': 'no-referrer' };
  return { status: 303, headers: cookies.length > 0 ? { ...headers, 'set-cookie': cookies } : headers };
}
