import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { BUNDLE } from '../../cli/throwaway';
import { freePort } from '../../temporal/dev-server-port';
import { describeWithTemporalProcess } from '../support/temporal-server';
import { temporaryFolder } from '../support/temporary-folder';

const root = temporaryFolder();
const TEST_KEY = 'test_key_of_the_tests';
const HEADERS = { 'api-key': TEST_KEY, 'content-type': 'application/json' };
const STARTS_WITHIN_MS = 60_000;

interface Started {
  url: string;
  child: ChildProcess;
  ended: Promise<number | null>;
  output(): string;
  ready(): Promise<void>;
}

const children: ChildProcess[] = [];
afterAll(() => {
  // Onward and the Temporal server leave with it.
  for (const child of children) child.kill('SIGKILL');
});

async function startTemporal(dataFolder: string, env: Record<string, string> = {}): Promise<Started> {
  const port = await freePort();
  const ours = { PORT: String(port), HOST: '127.0.0.1', ONWARD_DATA: dataFolder, ONWARD_TEST_KEY: TEST_KEY };
  const child = spawn(process.execPath, [BUNDLE, 'start:temporal'], {
    env: { ...withoutServers(), ...ours, ONWARD_WORKER_PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
  }
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    child,
    ended: new Promise((resolve) => child.once('exit', resolve)),
    output: () => printed,
    ready: () =>
      until(
        async () => (await answer(`${url}/readyz`)) === 200,
        30_000,
        () => printed,
      ),
  };
}

function withoutServers(): NodeJS.ProcessEnv {
  const names = /^(TEMPORAL_|KAFKA_|MONGODB_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !names.test(name)));
}

/** The status; 0 where nobody answers. */
async function answer(url: string): Promise<number> {
  const response = await fetch(url).catch(() => null);
  await response?.body?.cancel();
  return response?.status ?? 0;
}

async function until(isSo: () => Promise<boolean>, withinMs: number, why: () => string): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end; await pause(50)) if (await isSo()) return;
  throw new Error(`not so within ${withinMs} ms: ${why()}`);
}

async function invoke(url: string): Promise<{ id: string; status: string }> {
  const body = JSON.stringify({ recipient: { phone: '+393351234567' }, variables: { code: '493021' } });
  const headers = { ...HEADERS, prefer: 'wait=20' };
  const response = await fetch(`${url}/v1/workflows/wf_otp/invocations`, { method: 'POST', headers, body });
  return (await response.json()) as { id: string; status: string };
}

/** The Temporal server on the file in this folder; null where none runs. */
function serverOn(dataFolder: string): number | null {
  const processes = execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' }).split('\n');
  const line = processes.find((one) => one.includes(' start-dev ') && one.includes(join(dataFolder, 'temporal.db')));
  return line === undefined ? null : Number.parseInt(line, 10);
}

describeWithTemporalProcess('onward start:temporal', () => {
  test(
    'starts a server with its pages, Onward and a worker; SIGTERM ends all of them, status 0',
    async () => {
      const dataFolder = mkdtempSync(join(root, 'data-'));
      const started = await startTemporal(dataFolder);
      await started.ready();
      expect(started.output()).toContain('engine: temporal');
      const pages = /its pages are on (\S+)/.exec(started.output())?.[1] ?? '';
      expect(await answer(pages)).toBe(200);
      expect(await invoke(started.url)).toMatchObject({ status: 'succeeded' });
      started.child.kill('SIGTERM');
      expect(await started.ended).toBe(0);
      expect(await answer(`${started.url}/readyz`)).toBe(0);
      expect(serverOn(dataFolder)).toBeNull();
    },
    STARTS_WITHIN_MS,
  );

  test(
    'killed, it leaves nothing running and its data for the next start; where the server dies all ends, with status 1',
    async () => {
      const dataFolder = mkdtempSync(join(root, 'data-'));
      const first = await startTemporal(dataFolder);
      await first.ready();
      const { id } = await invoke(first.url);
      first.child.kill('SIGKILL');
      const gone = async () => serverOn(dataFolder) === null && (await answer(`${first.url}/readyz`)) === 0;
      await until(gone, 15_000, first.output);

      const second = await startTemporal(dataFolder);
      await second.ready();
      const run = await (await fetch(`${second.url}/v1/invocations/${id}`, { headers: HEADERS })).json();
      expect(run).toMatchObject({ id, status: 'succeeded' });
      process.kill(serverOn(dataFolder) ?? Number.NaN, 'SIGKILL');
      expect(await second.ended).toBe(1);
      expect(second.output()).toContain('onward: the Temporal server ended (status null), so Onward is stopped too.');
      expect(await answer(`${second.url}/readyz`)).toBe(0);
    },
    2 * STARTS_WITHIN_MS,
  );
});

test('start:temporal beside a TEMPORAL_ADDRESS ends with one line that names it and the mend, status 1', async () => {
  const started = await startTemporal(mkdtempSync(join(root, 'data-')), { TEMPORAL_ADDRESS: 'elsewhere:7233' });
  expect(await started.ended).toBe(1);
  expect(started.output()).toMatch(
    /^onward: TEMPORAL_ADDRESS is “elsewhere:7233”, a server that runs already\. Unset.*\n$/,
  );
});
