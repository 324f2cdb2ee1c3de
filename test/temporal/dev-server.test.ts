import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { buildSync } from 'esbuild';
import { startTemporalServer } from '../../temporal/dev-server';
import { findTemporalCli, installedTemporalCli } from '../../temporal/dev-server-cli';
import { goInstallCli, type Route } from '../../temporal/dev-server-routes';
import { describeWithTemporalProcess } from '../support/temporal-server';
import { temporaryFolder } from '../support/temporary-folder';

const root = temporaryFolder();
const newFolder = () => mkdtempSync(join(root, 'f-'));
const VERSION_LINE = 'echo temporal version 9 "(Server 9, UI 9)"';

function script(file: string, ...lines: string[]): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
  return file;
}

async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200 && !isSo(); tries++) await pause(25);
  expect(isSo()).toBe(true);
}

/** A machine with nothing on its PATH but what the scripts here need, and an empty cache. */
function machine(): { env: NodeJS.ProcessEnv; bin: string; cached: string; cache: string } {
  const bin = newFolder();
  const cache = newFolder();
  const env = { PATH: bin, XDG_CACHE_HOME: cache };
  return { env, bin, cache: join(cache, 'onward'), cached: join(cache, 'onward', 'temporal-cli-1.5.1', 'temporal') };
}

/** As a download would: the binary is there, and somebody counts. */
function countingRoute(lines: string[]): { route: Route; tries(): number } {
  let tries = 0;
  const route: Route = async ({ folder, binary }) => {
    tries += 1;
    return { ok: true, file: script(join(folder, binary), ...lines) };
  };
  return { route, tries: () => tries };
}

const unreachable: Route = async () => ({ ok: false, why: 'the host is away' });

describe('the Temporal CLI is looked for', () => {
  test('on the PATH first, then in the cache folder, and nothing is installed where it is found', async () => {
    const { env, bin, cached } = machine();
    const lines: string[] = [];
    const { route, tries } = countingRoute([]);
    script(cached, VERSION_LINE);
    expect(await findTemporalCli((line) => lines.push(line), { env, routes: [route] })).toBe(cached);
    const onPath = script(join(bin, 'temporal'), VERSION_LINE);
    expect(await findTemporalCli((line) => lines.push(line), { env, routes: [route] })).toBe(onPath);
    expect(installedTemporalCli(env)).toBe(onPath);
    expect({ tries: tries(), lines }).toEqual({ tries: 0, lines: [] });
  });

  test('further, with a word about it, where another program has its name', async () => {
    const { env, bin, cached } = machine();
    const lines: string[] = [];
    const other = script(join(bin, 'temporal'), 'echo a calendar');
    script(cached, VERSION_LINE);
    expect(await findTemporalCli((line) => lines.push(line), { env, routes: [] })).toBe(cached);
    expect(lines).toEqual([`${other} does not run as the Temporal CLI: looking for another.`]);
  });

  test('in ~/.cache where XDG_CACHE_HOME says nothing', () => {
    const home = newFolder();
    const cached = script(join(home, '.cache', 'onward', 'temporal-cli-1.5.1', 'temporal'), VERSION_LINE);
    expect(installedTemporalCli({ PATH: '', HOME: home })).toBe(cached);
    expect(installedTemporalCli({ PATH: '', HOME: home, XDG_CACHE_HOME: 'relative' })).toBe(cached);
  });
});

describe('a Temporal CLI that is missing', () => {
  test('is installed by the first way that works, kept, and found the next time', async () => {
    const { env, cache, cached } = machine();
    const lines: string[] = [];
    const broken = countingRoute(['exit 1']);
    const good = countingRoute([VERSION_LINE]);
    const search = { env, routes: [unreachable, broken.route, good.route] };
    expect(await findTemporalCli((line) => lines.push(line), search)).toBe(cached);
    expect(await findTemporalCli((line) => lines.push(line), search)).toBe(cached);
    expect({ broken: broken.tries(), good: good.tries() }).toEqual({ broken: 1, good: 1 });
    expect(lines.at(-1)).toContain(cached);
    expect(readdirSync(cache).filter((name) => name.includes('draft'))).toEqual([]);
  });

  test('is built by go install with GOBIN beside the cache', async () => {
    const { env, bin, cached } = machine();
    script(
      join(bin, 'go'),
      '[ "$*" = "install github.com/temporalio/cli/cmd/temporal@v1.5.1" ] || exit 3',
      `printf '#!/bin/sh\\n%s\\n' '${VERSION_LINE}' > "$GOBIN/temporal"`,
      '/bin/chmod 755 "$GOBIN/temporal"',
    );
    expect(await findTemporalCli(() => {}, { env, routes: [goInstallCli] })).toBe(cached);
  });

  test('is installed once where two ask at once: the second waits for the first', async () => {
    const { env, cached } = machine();
    const { route, tries } = countingRoute([VERSION_LINE]);
    const lines: string[] = [];
    const search = { env, routes: [route] };
    const both = [findTemporalCli(() => {}, search), findTemporalCli((line) => lines.push(line), search)];
    expect(await Promise.all(both)).toEqual([cached, cached]);
    expect(tries()).toBe(1);
    expect(lines.join()).toContain('Another process is installing the Temporal CLI: waiting');
  });

  test('and cannot be had ends with every reason and the mend, in one line', async () => {
    const { env } = machine();
    const lines: string[] = [];
    const search = { env, routes: [unreachable, goInstallCli] };
    expect(await findTemporalCli((line) => lines.push(line), search)).toBeNull();
    expect(lines.at(-1)).toMatch(
      /^The Temporal CLI cannot be had: the host is away; go install failed \(there is no `go` on the PATH\)\. Install it/,
    );
  });

  test('and cannot be kept says which variable to set', async () => {
    const { env, cache } = machine();
    const lines: string[] = [];
    writeFileSync(cache, 'a file where the folder should be');
    expect(await findTemporalCli((line) => lines.push(line), { env, routes: [] })).toBeNull();
    expect(lines).toEqual([expect.stringMatching(/cannot be written .*Set XDG_CACHE_HOME to a folder of yours\.$/)]);
  });
});

test('a server that cannot start ends with what it printed', async () => {
  const cli = script(join(newFolder(), 'temporal'), 'echo the disk is gone >&2', 'exit 1');
  await expect(startTemporalServer({ cli })).rejects.toThrow(/ended before it answered.*\nthe disk is gone/);
});

test('a server that never answers is ended, with what it printed', async () => {
  const cli = script(join(newFolder(), 'temporal'), 'echo still thinking', 'exec sleep 60');
  await expect(startTemporalServer({ cli, readyWithinMs: 300 })).rejects.toThrow(/does not answer.*\nstill thinking/);
});

test('a port in use is said before anything is started', async () => {
  const other = createServer();
  await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
  const address = other.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const cli = script(join(newFolder(), 'temporal'), 'exit 1');
  const sentence = `Port ${port} is in use on 127.0.0.1`;
  await expect(startTemporalServer({ cli, port })).rejects.toThrow(sentence);
  await expect(startTemporalServer({ cli, ui: port })).rejects.toThrow(sentence);
  await new Promise((resolve) => other.close(resolve));
});

test('a child is ended with the process that started it, even when that one is killed and the child frozen', async () => {
  const folder = newFolder();
  const entry = join(__dirname, '..', '..', 'temporal', 'dev-server-guard.ts');
  buildSync({ entryPoints: [entry], outfile: join(folder, 'guard.js'), bundle: true, platform: 'node' });
  const mark = join(folder, 'ended');
  const child = script(join(folder, 'child'), `trap 'echo yes > ${mark}; exit' TERM`, 'while :; do sleep 0.1; done');
  const parent = join(folder, 'parent.js');
  writeFileSync(
    parent,
    `const child = require('node:child_process').spawn('${child}', { detached: true, stdio: 'ignore' });
     require('./guard.js').endWithUs(child);
     setTimeout(() => { child.kill('SIGSTOP'); process.kill(process.pid, 'SIGKILL'); }, 200);`,
  );
  expect(spawnSync(process.execPath, [parent]).signal).toBe('SIGKILL');
  await until(() => existsSync(mark));
});

describeWithTemporalProcess('a Temporal server of our own', (start) => {
  const TRY_MS = 500;

  async function withClient<T>(address: string, use: (client: Client) => Promise<T>): Promise<T> {
    const connection = await Connection.connect({ address, connectTimeout: TRY_MS });
    try {
      return await use(new Client({ connection }));
    } finally {
      await connection.close();
    }
  }

  test('killed, and started again on its file and its port, still has its workflows', async () => {
    const dbFile = join(newFolder(), 'temporal.db');
    const first = await start({ dbFile });
    const workflowId = 'waits-for-a-worker';
    await withClient(first.address, (client) =>
      client.workflow.start('anything', { workflowId, taskQueue: 'nobody', args: [] }),
    );
    await first.kill();
    expect(await first.ended).toBeNull();
    await expect(withClient(first.address, async () => 'answered')).rejects.toThrow();

    const second = await start({ dbFile, port: first.port });
    expect(second.address).toBe(first.address);
    const found = await withClient(second.address, (client) => client.workflow.getHandle(workflowId).describe());
    expect(found.status.name).toBe('RUNNING');
    await second.stop();
    expect(await second.ended).toBe(0);
  });

  test('frozen, it answers nobody; thawed, it does again; frozen, it can still be stopped', async () => {
    const server = await start();
    server.freeze();
    await expect(withClient(server.address, async () => 'answered')).rejects.toThrow();
    server.thaw();
    expect(await withClient(server.address, async () => 'answered')).toBe('answered');
    server.freeze();
    await server.stop();
    expect(await server.ended).toBe(0);
  });

  test('has the namespace that was asked for, and its pages where they were asked for', async () => {
    const server = await start({ namespace: 'of-our-own', ui: true, codecEndpoint: 'http://127.0.0.1:1/codec' });
    const namespace = 'of-our-own';
    const described = await withClient(server.address, ({ workflowService }) =>
      workflowService.describeNamespace({ namespace }),
    );
    expect(described.namespaceInfo?.name).toBe(namespace);
    const settings = await (await fetch(`${server.uiUrl}/api/v1/settings`)).json();
    expect(settings).toMatchObject({ Codec: { Endpoint: 'http://127.0.0.1:1/codec' } });
  });
});
