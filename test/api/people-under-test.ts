import type { ApiDeps } from '../../api/deps';
import type { PersonRole } from '../../schemas/vocabulary';
import { type Answer, type ApiUnderTest, type CallOptions, must, startApi } from './api-under-test';

/** A browser on the console: it keeps its cookies, and sends what the console’s client sends. */
export interface Browser {
  cookies: Map<string, string>;
  call(method: string, path: string, options?: Omit<CallOptions, 'key'>): Promise<Answer>;
}

export const PASSWORD = 'correct horse battery staple';

export function browser(api: ApiUnderTest): Browser {
  const cookies = new Map<string, string>();
  return {
    cookies,
    async call(method, path, { body, headers } = {}) {
      const sent: Record<string, string> = { 'x-onward-console': '1', 'sec-fetch-site': 'same-origin', ...headers };
      if (cookies.size > 0) sent.cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await api.call(method, path, { body, headers: sent, key: null });
      for (const line of answer.headers.getSetCookie()) keep(cookies, line);
      return answer;
    },
  };
}

function keep(cookies: Map<string, string>, line: string): void {
  const [pair = '', ...attributes] = line.split('; ');
  const at = pair.indexOf('=');
  if (attributes.includes('Max-Age=0')) cookies.delete(pair.slice(0, at));
  else cookies.set(pair.slice(0, at), pair.slice(at + 1));
}

/** An API on a clock of the test’s own, with somebody of each role who can sign in. */
export interface PeopleUnderTest extends ApiUnderTest {
  /** Lets time pass. */
  pass(ms: number): void;
  invite(role: PersonRole, email: string): Promise<{ id: string; token: string }>;
  /** Somebody new of that role, who has just signed in. */
  signedIn(role: PersonRole, email?: string): Promise<{ id: string; email: string; browser: Browser }>;
}

export async function startWithPeople(
  change: (deps: ApiDeps) => ApiDeps = (deps) => deps,
  options: Parameters<typeof startApi>[1] = {},
): Promise<PeopleUnderTest> {
  let now = Date.now();
  let made = 0;
  const api = await startApi((deps) => change({ ...deps, now: () => now }), options);
  const invite = async (role: PersonRole, email: string) => {
    const { body } = await must(api.call('POST', '/v1/people', { body: { role, email, name: `A ${role}` } }), 201);
    return { id: body.id, token: tokenOf(body.invitation.url) };
  };
  return {
    ...api,
    pass: (ms) => {
      now += ms;
    },
    invite,
    async signedIn(role, email = `${role}-${++made}@example.com`) {
      const { id, token } = await invite(role, email);
      const own = browser(api);
      await must(own.call('POST', `/v1/invitations/${token}`, { body: { password: PASSWORD } }), 200);
      return { id, email, browser: own };
    },
  };
}

export function tokenOf(url: string): string {
  return new URL(url).searchParams.get('token') ?? '';
}
