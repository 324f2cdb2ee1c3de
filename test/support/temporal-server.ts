import { startTemporalServer, type TemporalServer, type TemporalServerOptions } from '../../temporal/dev-server';
import { installedTemporalCli } from '../../temporal/dev-server-cli';

const WHY =
  'no Temporal server: TEMPORAL_ADDRESS is not set, and `temporal` is neither on the PATH nor in the cache folder.';
const WHY_NO_PROCESS =
  'no Temporal server to start and kill: `temporal` is neither on the PATH nor in the cache folder.';
const MEND =
  '`npm test` downloads or builds it (see what it printed before the tests), or install https://docs.temporal.io/cli.';
/** The server's own patience before it is killed, and some. */
const HOOK_LIMIT_MS = 45_000;

export type StartServer = (options?: Omit<TemporalServerOptions, 'cli'>) => Promise<TemporalServer>;

/**
 * Tests against the Temporal server of TEMPORAL_ADDRESS, or else one that is started for them, in memory or with
 * `dbFile` on a file, and stopped afterwards. Its namespace is `default`.
 */
export function describeWithTemporal(
  title: string,
  tests: (server: { readonly address: string }) => void,
  options: Omit<TemporalServerOptions, 'cli'> = {},
): void {
  const given = process.env.TEMPORAL_ADDRESS;
  if (given) return describe(title, () => tests({ address: given }));
  describeOr(WHY, title, (cli) => {
    let server: TemporalServer | null = null;
    beforeAll(async () => {
      server = await startTemporalServer({ ...options, cli });
    }, HOOK_LIMIT_MS);
    afterAll(() => server?.stop(), HOOK_LIMIT_MS);
    tests({
      get address() {
        if (!server) throw new Error('the server stands from beforeAll on');
        return server.address;
      },
    });
  });
}

/**
 * Tests that need a server process of their own, to kill or freeze it, whatever TEMPORAL_ADDRESS says: `start` starts as
 * many as they ask for, and what still lives when they are over is killed.
 */
export function describeWithTemporalProcess(title: string, tests: (start: StartServer) => void): void {
  describeOr(WHY_NO_PROCESS, title, (cli) => {
    const servers: TemporalServer[] = [];
    afterAll(() => Promise.all(servers.map((server) => server.kill())), HOOK_LIMIT_MS);
    tests(async (options = {}) => {
      const server = await startTemporalServer({ ...options, cli });
      servers.push(server);
      return server;
    });
  });
}

/** Where there is no server the tests are skipped, loudly; with REQUIRE_SERVERS=1 that is a failure. */
function describeOr(why: string, title: string, tests: (cli: string) => void): void {
  const cli = installedTemporalCli();
  if (cli !== null) return describe(title, () => tests(cli));
  if (process.env.REQUIRE_SERVERS === '1') {
    describe(title, () => {
      test('has a Temporal server, as REQUIRE_SERVERS=1 demands', () => {
        throw new Error(`There is ${why} ${MEND}`);
      });
    });
    return;
  }
  console.warn(`SKIPPED “${title}”: ${why} ${MEND}`);
  describe.skip(title, () => tests(''));
}
