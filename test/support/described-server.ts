import type { RestartableServer } from '../servers/restartable-server';

/** A kind of server that tests may need. */
interface Kind<Install, Options, Server extends RestartableServer> {
  /** Such as Kafka. */
  name: string;
  /** Why there is none, and why there is none to be killed: clauses that end with a full stop. */
  why: { none: string; noProcess: string };
  mend: string;
  installed(): Install | null;
  start(install: Install, options?: Options): Promise<Server>;
}

/** Its own patience before it gives up a start or kills what does not leave, and some. */
const HOOK_LIMIT_MS = 60_000;

/** Tests with one server, which is started for them and removed afterwards; it stands from beforeAll on. */
export function describeWithServer<Install, Options, Server extends RestartableServer>(
  kind: Kind<Install, Options, Server>,
  title: string,
  tests: (server: () => Server) => void,
): void {
  describeOr(kind, kind.why.none, title, (install) => {
    let server: Server | null = null;
    beforeAll(async () => {
      server = await kind.start(install());
    }, HOOK_LIMIT_MS);
    afterAll(() => server?.remove(), HOOK_LIMIT_MS);
    tests(() => {
      if (!server) throw new Error(`${kind.name} stands from beforeAll on`);
      return server;
    });
  });
}

/** Tests that start as many servers as they like, to stop and kill; all are removed when they are over. */
export function describeWithProcesses<Install, Options, Server extends RestartableServer>(
  kind: Kind<Install, Options, Server>,
  title: string,
  tests: (start: (options?: Options) => Promise<Server>) => void,
): void {
  describeOr(kind, kind.why.noProcess, title, (install) => {
    const servers: Server[] = [];
    afterAll(() => Promise.all(servers.map((server) => server.remove())), HOOK_LIMIT_MS);
    tests(async (options) => {
      const server = await kind.start(install(), options);
      servers.push(server);
      return server;
    });
  });
}

/** Where there is no server the tests are skipped, loudly; with REQUIRE_SERVERS=1 that is a failure. */
function describeOr<Install>(
  { name, mend, installed }: Pick<Kind<Install, never, never>, 'name' | 'mend' | 'installed'>,
  why: string,
  title: string,
  tests: (install: () => Install) => void,
): void {
  const install = installed();
  const sentence = `There is ${why} ${mend}`;
  const there = () => {
    if (install === null) throw new Error(sentence);
    return install;
  };
  if (install !== null) return describe(title, () => tests(there));
  if (process.env.REQUIRE_SERVERS === '1') {
    describe(title, () => {
      test(`has ${name}, as REQUIRE_SERVERS=1 demands`, () => void there());
    });
    return;
  }
  console.warn(`SKIPPED “${title}”: ${sentence}`);
  describe.skip(title, () => tests(there));
}
