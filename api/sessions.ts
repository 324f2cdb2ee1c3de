import type { IncomingHttpHeaders } from 'node:http';
import { createBoundedMap } from '../store/bounded-map';
import type { Person, Session, Store } from '../store/contract';
import { hashKey } from './auth';
import { type Caller, callerOfPerson } from './caller';
import { refuseForged } from './cross-site';
import { problem } from './problem';
import type { ApiResponse } from './route';
import { isToken, newToken, SESSION_MS, sessionCookie } from './session-cookie';

/** How long another process may still take a session that was ended for good, or a role for what it was. */
const CACHE_MS = 2_000;
const SESSIONS_HELD = 2_000;
const SEEN_EVERY_MS = 60_000;
const SWEPT_EVERY_MS = 3_600_000;

export interface SignedIn {
  person: Person;
  session: Session;
}

/** Who has signed in, by the cookie of the console. */
export interface Sessions {
  /** Whoever the cookie names, or the 401 or 403; null where there is no cookie of ours. */
  authenticate(
    method: string | undefined,
    headers: IncomingHttpHeaders,
  ): Caller | ApiResponse | null | Promise<Caller | ApiResponse>;
  find(headers: IncomingHttpHeaders): Promise<SignedIn | null>;
  /**
   * A session with a token of its own, never one that came with the request; whatever session did is ended.
   * @returns the value for Set-Cookie, and the person as they are now
   */
  begin(person: Person, headers: IncomingHttpHeaders): Promise<{ cookie: string; person: Person }>;
  /** @returns the value for Set-Cookie that takes it from the browser */
  end(headers: IncomingHttpHeaders): Promise<string>;
  /** All of a person, but the one of that hash. */
  endAllOf(personId: string, except?: string | null): Promise<void>;
  /** To be called when a person was changed here. */
  forget(personId: string): void;
}

interface SessionsGround {
  store: Pick<Store, 'people' | 'sessions'>;
  publicUrl: string;
  now(): number;
}

export function createSessions({ store, publicUrl, now }: SessionsGround): Sessions {
  const cookie = sessionCookie(publicUrl);
  const held = createBoundedMap<string, SignedIn & { until: number }>(SESSIONS_HELD);
  /** When each was last noted as seen: requests that come together note it once. */
  const noted = createBoundedMap<string, number>(SESSIONS_HELD);
  let generation = 0;
  let sweptAt = 0;

  const hashIn = (headers: IncomingHttpHeaders): string | null => {
    const token = cookie.read(headers);
    return token !== null && isToken(token) ? hashKey(token) : null;
  };
  const forgetAll = () => {
    generation++;
    held.clear();
  };
  const lookUp = async (hash: string): Promise<SignedIn | null> => {
    const asked = generation;
    const session = await store.sessions.byHash(hash);
    if (!session) return null;
    const person = await store.people.get(session.personId);
    const at = now();
    if (!person || person.disabled || isOver(session, at)) {
      await store.sessions.delete(hash);
      return null;
    }
    if (at - Math.max(session.lastSeenAt, noted.get(hash) ?? 0) >= SEEN_EVERY_MS) {
      noted.set(hash, at);
      await seen(store, session, at);
    }
    // What was ended or changed while it was being looked up must not be remembered.
    if (asked === generation) held.set(hash, { person, session, until: at + CACHE_MS });
    return { person, session };
  };
  const find = (hash: string): SignedIn | Promise<SignedIn | null> => {
    const known = held.get(hash);
    return known && known.until > now() ? known : lookUp(hash);
  };
  const sweep = async (at: number) => {
    if (at - sweptAt < SWEPT_EVERY_MS) return;
    sweptAt = at;
    await store.sessions.sweep({ lastSeenAt: at - SESSION_MS.idle, createdAt: at - SESSION_MS.whole });
  };
  const end = async (headers: IncomingHttpHeaders): Promise<string> => {
    const hash = hashIn(headers);
    // Whoever has no session makes nobody else's be looked up again.
    if (hash) {
      await store.sessions.delete(hash);
      forgetAll();
    }
    return cookie.clear();
  };

  return {
    authenticate(method, headers) {
      if (cookie.read(headers) === null) return null;
      const forged = refuseForged(method, headers, publicUrl);
      if (forged) return forged;
      const hash = hashIn(headers);
      const found = hash === null ? null : find(hash);
      return found instanceof Promise ? found.then(callerOrEnded) : callerOrEnded(found);
    },
    async find(headers) {
      const hash = hashIn(headers);
      return hash === null ? null : find(hash);
    },
    async begin(person, headers) {
      const at = now();
      await sweep(at);
      await end(headers);
      const token = newToken();
      await store.sessions.create({ hash: hashKey(token), personId: person.id, createdAt: at, lastSeenAt: at });
      const change = { lastSeenAt: at, activeSince: person.activeSince ?? at };
      const changed = await store.people.change(person.id, change);
      const here = changed === null || changed === 'email_taken' ? person : changed;
      return { cookie: cookie.set(token, SESSION_MS.whole), person: here };
    },
    end,
    async endAllOf(personId, except = null) {
      await store.sessions.deleteOf(personId, except);
      forgetAll();
    },
    forget: forgetAll,
  };
}

function isOver({ createdAt, lastSeenAt }: Session, at: number): boolean {
  return at - lastSeenAt > SESSION_MS.idle || at - createdAt > SESSION_MS.whole;
}

/** That it could not be noted is no reason to turn anybody away. */
async function seen(store: SessionsGround['store'], { hash, personId }: Session, at: number): Promise<void> {
  await Promise.all([store.sessions.seen(hash, at), store.people.change(personId, { lastSeenAt: at })]).catch(() => {});
}

function callerOrEnded(found: SignedIn | null): Caller | ApiResponse {
  return found
    ? callerOfPerson(found.person)
    : problem(401, 'Your session has ended.', { hint: 'Sign in: /console/sign-in.' });
}
