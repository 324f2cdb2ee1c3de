import {
  type PasswordChange,
  passwordChangeSchema,
  type SignIn,
  sessionSchema,
  signInSchema,
} from '../schemas/session';
import type { Person } from '../store/contract';
import { clientOf } from './client-address';
import { refuseCrossSite, refuseForged } from './cross-site';
import { personByEmail } from './find-person';
import type { Passwords } from './passwords';
import { invalid, problem, unavailable } from './problem';
import { type ApiRequest, type ApiResponse, type Route, route } from './route';
import type { Services } from './services';
import { personActor, SIGN_IN_AUDIT, SIGN_OUT_AUDIT, strangerActor } from './session-audit';
import type { ViewSession } from './session-view';
import type { Throttle } from './sign-in-throttle';

const PATH = '/v1/session';
const TAG = 'session';

/** What the routes by which people come in are made of. */
export interface SessionParts {
  view: ViewSession;
  passwords: Passwords;
  throttle: Throttle;
}

export function sessionRoutes(services: Services, parts: SessionParts): Route[] {
  return [
    route({
      method: 'GET',
      path: PATH,
      summary: 'Who has signed in here and what they may, or how to sign in',
      tag: TAG,
      access: 'public',
      responses: { 200: sessionSchema },
      async handle({ headers }) {
        const signedIn = await services.sessions.find(headers);
        return { status: 200, body: await parts.view(signedIn?.person ?? null) };
      },
    }),
    route<SignIn>({
      method: 'POST',
      path: PATH,
      summary: 'Sign in with a password; the answer sets the cookie',
      tag: TAG,
      access: 'public',
      audit: SIGN_IN_AUDIT,
      body: signInSchema,
      responses: { 200: sessionSchema },
      handle: (request) => signIn(services, parts, request),
    }),
    route({
      method: 'DELETE',
      path: PATH,
      summary: 'Sign out',
      tag: TAG,
      access: 'public',
      audit: SIGN_OUT_AUDIT,
      responses: { 204: null },
      async handle({ headers, method }) {
        const forged = headers.cookie === undefined ? null : refuseForged(method, headers, services.publicUrl);
        if (forged) return forged;
        const signedIn = await services.sessions.find(headers);
        const by = signedIn ? personActor(signedIn.person) : undefined;
        return { status: 204, headers: { 'set-cookie': await services.sessions.end(headers) }, by };
      },
    }),
    route<PasswordChange>({
      method: 'PUT',
      path: `${PATH}/password`,
      summary: 'Choose another password; your sessions elsewhere end',
      tag: TAG,
      access: 'person',
      audit: { action: 'session.password_changed', resource: 'person' },
      body: passwordChangeSchema,
      responses: { 204: null },
      handle: (request) => changePassword(services, parts, request),
    }),
  ];
}

/** A new session of theirs: the answer of every way in that is no redirect. */
export async function letIn(
  { sessions }: Services,
  { view }: SessionParts,
  request: Pick<ApiRequest, 'headers'>,
  person: Person,
): Promise<ApiResponse> {
  const begun = await sessions.begin(person, request.headers);
  const body = await view(begun.person);
  return { status: 200, headers: { 'set-cookie': begun.cookie }, body, by: personActor(begun.person) };
}

export function tooManyAtOnce(): ApiResponse {
  return unavailable('Too many people sign in at this moment.', 5);
}

async function signIn(services: Services, parts: SessionParts, request: ApiRequest<SignIn>): Promise<ApiResponse> {
  const { body, headers } = request;
  const crossSite = refuseCrossSite(headers, services.publicUrl);
  if (crossSite) return crossSite;
  const attempt = parts.throttle.attempt({ account: body.email, client: clientOf(request, services.publicUrl) });
  if (attempt.waitSeconds !== null) return tooManyFailures(attempt.waitSeconds);
  try {
    const person = await personByEmail(services.store.people, body.email);
    const right = await parts.passwords.isRight(person?.passwordHash ?? null, body.password);
    if (right === null) {
      attempt.takeBack();
      return tooManyAtOnce();
    }
    if (!right || !person || person.disabled) return { ...notTheseTwo(), by: strangerActor(body.email) };
    attempt.succeeded();
    return await letIn(services, parts, request, person);
  } catch (error) {
    // A fault of ours is no failure of theirs.
    attempt.takeBack();
    throw error;
  }
}

/** The same, whatever was wrong: nobody learns who is known here. */
function notTheseTwo(): ApiResponse {
  return problem(401, 'This address and this password do not belong together here.', {
    hint: 'Try again, or ask whoever invited you for a new link.',
  });
}

function tooManyFailures(waitSeconds: number): ApiResponse {
  return problem(429, 'There were too many failed attempts.', {
    hint: 'Wait for the seconds in Retry-After. A new invitation, or `onward sign-in` on the machine, lets you in before.',
    headers: { 'retry-after': String(waitSeconds) },
  });
}

async function changePassword(
  services: Services,
  { passwords, throttle }: SessionParts,
  request: ApiRequest<PasswordChange>,
): Promise<ApiResponse> {
  const { store, sessions } = services;
  const signedIn = await sessions.find(request.headers);
  // Whoever was let in a moment ago may be gone by now.
  const person = signedIn && (await store.people.get(signedIn.person.id));
  if (!person) return problem(401, 'Your session has ended.', { hint: 'Sign in: /console/sign-in.' });
  if (person.passwordHash !== null) {
    const attempt = throttle.attempt({ account: person.id, client: person.id });
    if (attempt.waitSeconds !== null) return tooManyFailures(attempt.waitSeconds);
    const right = await passwords.isRight(person.passwordHash, request.body.current ?? '');
    if (right === null) {
      attempt.takeBack();
      return tooManyAtOnce();
    }
    if (!right) return invalid([{ pointer: '/current', message: 'This is not your password as it is now.' }]);
    attempt.succeeded();
  }
  const passwordHash = await passwords.hash(request.body.password);
  if (passwordHash === null) return tooManyAtOnce();
  await store.people.change(person.id, { passwordHash });
  // A link to choose another by is as good as the password.
  await store.tickets.drop(person.id, 'invitation');
  await sessions.endAllOf(person.id, signedIn.session.hash);
  return { status: 204 };
}
