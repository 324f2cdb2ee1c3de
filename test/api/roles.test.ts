import { hashKey } from '../../api/auth';
import { PERSON_ROLES, type PersonRole } from '../../schemas/vocabulary';
import type { NewKey } from '../../store/contract';
import { type Answer, publishOtp } from './api-under-test';
import { type PeopleUnderTest, startWithPeople } from './people-under-test';

/** The design's section 8, word for word: what the API does is held to this, not to its own table. */
const ROLES = ['owner', 'admin', 'publisher', 'operator', 'analyst', 'invoker', 'gateway'] as const;
type Role = (typeof ROLES)[number];
const DESIGN = `
  flows, templates, callback profiles    | EDIT | EDIT             | EDIT      | VIEW      | VIEW                    | NO ACCESS | NO ACCESS
  invoke, cancel, complete               | EDIT | EDIT             | EDIT      | EDIT      | NO ACCESS               | EDIT      | NO ACCESS
  invocations, events                    | VIEW | VIEW             | VIEW      | VIEW      | VIEW (addresses masked) | own VIEW  | NO ACCESS
  analytics                              | VIEW | VIEW             | VIEW      | VIEW      | VIEW                    | NO ACCESS | NO ACCESS
  receipts                               | EDIT | EDIT             | NO ACCESS | EDIT      | NO ACCESS               | NO ACCESS | EDIT
  consents, suppressions                 | EDIT | EDIT             | VIEW      | EDIT      | NO ACCESS               | EDIT      | NO ACCESS
  provider accounts, keys, people, audit | EDIT | EDIT, not owners | NO ACCESS | NO ACCESS | NO ACCESS               | NO ACCESS | NO ACCESS
`;
const LEVELS = new Map(
  DESIGN.trim()
    .split('\n')
    .map((line) => {
      const [resource = '', ...levels] = line.split('|').map((cell) => cell.trim());
      return [resource, Object.fromEntries(ROLES.map((role, at) => [role, levels[at] ?? '']))];
    }),
);

type Asks = readonly [resource: string, level: 'VIEW' | 'EDIT'];
const FLOWS = 'flows, templates, callback profiles';
const INVOKE = 'invoke, cancel, complete';
const RUNS = 'invocations, events';
const ANALYTICS = 'analytics';
const RECEIPTS = 'receipts';
const CONSENTS = 'consents, suppressions';
const ADMINISTRATION = 'provider accounts, keys, people, audit';
/** Whoever comes, with a key or without. */
const PUBLIC = 'public';

/**
 * What each route is about, by the design's words; the first that fits. A route that fits none fails the test: whoever
 * adds one says here who may.
 */
const ABOUT: readonly (readonly [route: RegExp, asks: Asks | typeof PUBLIC])[] = [
  [/^\w+ \/(openapi\.json|docs|healthz|readyz|metrics|console|favicon)/, PUBLIC],
  // People who sign in or are invited, signed providers, and the Temporal UI come without a key.
  [/^\w+ \/v1\/(session|invitations)/, PUBLIC],
  [/^POST \/v1\/receipts\/\{provider\}/, PUBLIC],
  [/^GET \/v1\/receipts\/\{provider\}/, PUBLIC],
  [/^\w+ \/v1\/(codec|temporal)/, PUBLIC],
  [/^POST \/v1\/flows\/\{id\}\/replay$/, [ANALYTICS, 'VIEW']],
  // Neither changes anything: a draft is judged and played.
  [/^POST \/v1\/flows\/\{id\}\/(lint|simulate)$/, [FLOWS, 'VIEW']],
  [/^POST \/v1\/templates\/(\{id\}\/)?preview$/, [FLOWS, 'VIEW']],
  [/^GET \/v1\/(flows|templates|callback-profiles|prices)/, [FLOWS, 'VIEW']],
  [/^PUT \/v1\/prices$/, [ADMINISTRATION, 'EDIT']],
  [/^\w+ \/v1\/(flows|templates|callback-profiles)/, [FLOWS, 'EDIT']],
  [/^POST \/v1\/(workflows|\{sid\}\/workflow)\//, [INVOKE, 'EDIT']],
  [/^POST \/v1\/invocations\/\{id\}\/(cancel|complete)$/, [INVOKE, 'EDIT']],
  [/^GET \/v1\/(invocations|sandbox)/, [RUNS, 'VIEW']],
  [/^GET \/v1\/(analytics|exports|live)/, [ANALYTICS, 'VIEW']],
  // Each person's own.
  [/^\w+ \/v1\/saved-views/, [ANALYTICS, 'VIEW']],
  [/^\w+ \/v1\/receipts/, [RECEIPTS, 'EDIT']],
  [/^GET \/v1\/(consents|suppressions)/, [CONSENTS, 'VIEW']],
  [/^\w+ \/v1\/(consents|suppressions)/, [CONSENTS, 'EDIT']],
  [/^GET \/v1\/(provider-accounts|provider-kinds|keys|people|audit)/, [ADMINISTRATION, 'VIEW']],
  [/^\w+ \/v1\/(provider-accounts|keys|people)/, [ADMINISTRATION, 'EDIT']],
];

function aboutOf(route: string): Asks | typeof PUBLIC | undefined {
  return ABOUT.find(([pattern]) => pattern.test(route))?.[1];
}

function mayBy(design: string, level: 'VIEW' | 'EDIT'): boolean {
  if (design === 'NO ACCESS') return false;
  return level === 'VIEW' || design.startsWith('EDIT');
}

/** What makes a caller of a role: the headers to send. */
interface CallerMaker {
  kind: string;
  roles: readonly Role[];
  make(api: PeopleUnderTest, role: Role): Promise<Record<string, string>>;
}

const CALLERS: readonly CallerMaker[] = [
  {
    kind: 'a key',
    roles: ROLES,
    async make({ house }, role) {
      const secret = `live_role-of-${role}`;
      const key: NewKey = {
        id: `key_role_${role}`,
        name: role,
        role,
        mode: 'live',
        hint: role.slice(-4),
        createdAt: 1,
      };
      await house.api.store.keys.create(key, hashKey(secret));
      return { 'api-key': secret };
    },
  },
  {
    kind: 'a person',
    roles: PERSON_ROLES,
    async make({ signedIn }, role) {
      const { browser } = await signedIn(role as PersonRole);
      const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
      return { cookie, 'x-onward-console': '1', 'sec-fetch-site': 'same-origin' };
    },
  },
];

/** 403 for a reason other than the role: an admin before an owner's key, a key that saves a view. */
const REFUSED_OTHERWISE = /^(A key has no saved views)/;

let api: PeopleUnderTest;
let routes: string[];
beforeAll(async () => {
  api = await startWithPeople();
  await publishOtp(api);
  const document = (await api.call('GET', '/openapi.json', { key: null })).body as {
    paths: Record<string, Record<string, unknown>>;
  };
  routes = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
  );
});
afterAll(() => api.close());

/** With nothing that fits: whoever may is told what is wrong, whoever may not is told that. */
function ask(route: string, headers: Record<string, string>): Promise<Answer> {
  const [method = '', path = ''] = route.split(' ');
  const body = method === 'GET' || method === 'DELETE' ? undefined : '{"nothing":"fits"}';
  return api.call(method, path.replaceAll(/\{\w+\}/g, 'none'), { key: null, headers, body });
}

describe('every route of the document', () => {
  it('is about something that the design has', () => {
    expect(routes.filter((route) => aboutOf(route) === undefined)).toEqual([]);
    expect(routes.length).toBeGreaterThan(60);
    expect([...LEVELS.values()].map((row) => Object.keys(row).length)).toEqual(Array(7).fill(7));
  });

  it('without a key is 401, unless it is for everybody', async () => {
    const asked = await Promise.all(
      routes.map(async (route) => [route, (await ask(route, {})).status === 401] as const),
    );
    const open = asked.filter(([route, refused]) => !refused && aboutOf(route) !== PUBLIC);
    expect(open).toEqual([]);
  });
});

describe.each(CALLERS.flatMap(({ kind, roles, make }) => roles.map((role) => ({ kind, role, make }))))(
  '$kind of the role $role',
  ({ role, make }) => {
    it('is refused where the design says so, and nowhere else', async () => {
      const headers = await make(api, role);
      const wrong: string[] = [];
      for (const route of routes) {
        const about = aboutOf(route);
        if (about === undefined || about === PUBLIC) continue;
        const [resource, level] = about;
        const may = mayBy(LEVELS.get(resource)?.[role] ?? '', level);
        const answer = await ask(route, headers);
        const refused = answer.status === 403 && !REFUSED_OTHERWISE.test(answer.body.detail);
        if (answer.status >= 500 || answer.status === 401 || refused === may) wrong.push(`${route}: ${answer.status}`);
      }
      expect(wrong).toEqual([]);
    });
  },
);
