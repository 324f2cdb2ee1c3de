import { spawn } from 'node:child_process';
import { readdirSync, renameSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { endWithUs } from './dev-server-guard';

export type Report = (line: string) => void;

export interface RouteJob {
  /** Empty, and for this job alone. */
  folder: string;
  /** Of the CLI, such as 1.5.1. */
  version: string;
  /** How the file is to be named. */
  binary: string;
  env: NodeJS.ProcessEnv;
  report: Report;
}

/** One way to get the binary: it stands in the job's folder then, or a clause says why it does not. */
export type Route = (job: RouteJob) => Promise<{ ok: true; file: string } | { ok: false; why: string }>;

const REPORT_EVERY_MS = 10_000;
/** A host that cannot be reached must not cost more than this; one that can may take its time over 100 MB. */
const REACHED_WITHIN_MS = 20_000;
const DOWNLOADED_WITHIN_MS = 5 * 60_000;
const BUILT_WITHIN_MS = 15 * 60_000;
const SCRIPT = join(__dirname, '..', 'scripts', 'download-temporal-cli.mjs');

/** By Temporal's SDK, from temporal.download. In a process of its own, as the SDK's download cannot be called off. */
export const downloadCli: Route = async ({ folder, version, binary, env, report }) => {
  report(`The Temporal CLI is missing: downloading ${version} by Temporal's SDK …`);
  const running = await run(process.execPath, [SCRIPT, folder, version], {
    env,
    cwd: folder,
    watch(elapsedMs) {
      const megabytes = Math.round(bytesIn(folder) / 1e6);
      if (elapsedMs % REPORT_EVERY_MS === 0) report(`  downloading: ${elapsedMs / 1000} s, ${megabytes} MB unpacked`);
      // The SDK makes its file once the host has said where to fetch it.
      if (elapsedMs >= REACHED_WITHIN_MS && readdirSync(folder).length === 0) return 'no answer';
      return elapsedMs >= DOWNLOADED_WITHIN_MS ? 'the download takes too long' : null;
    },
  });
  // The SDK also starts what it has downloaded, which may fail for other reasons.
  const file = readdirSync(folder).find((name) => !name.endsWith('.downloading'));
  if (file === undefined)
    return { ok: false, why: `the download from temporal.download failed (${running.why ?? running.lastLine})` };
  renameSync(join(folder, file), join(folder, binary));
  return { ok: true, file: join(folder, binary) };
};

/** From its source, by the Go module proxy: for machines that reach that one only. */
export const goInstallCli: Route = async ({ folder, version, binary, env, report }) => {
  const source = `github.com/temporalio/cli/cmd/temporal@v${version}`;
  report(`Building the Temporal CLI: go install ${source} (about 2.5 minutes the first time) …`);
  const running = await run('go', ['install', source], {
    env: { ...env, GOBIN: folder },
    cwd: folder,
    watch(elapsedMs, lastLine) {
      if (elapsedMs % REPORT_EVERY_MS === 0) report(`  building: ${elapsedMs / 1000} s  ${lastLine}`.trimEnd());
      return elapsedMs >= BUILT_WITHIN_MS ? 'it takes too long' : null;
    },
  });
  if (running.status === 0) return { ok: true, file: join(folder, binary) };
  return { ok: false, why: `go install failed (${running.why ?? running.lastLine})` };
};

interface RunOptions {
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Called every second; a clause that says why calls the run off. */
  watch(elapsedMs: number, lastLine: string): string | null;
}

interface Ran {
  status: number | null;
  /** Why it was called off or could not be started. */
  why: string | null;
  /** Of all that it printed. */
  lastLine: string;
}

async function run(command: string, args: readonly string[], { env, cwd, watch }: RunOptions): Promise<Ran> {
  const child = spawn(command, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) endWithUs(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-4_000);
    });
  }
  const lastLine = () => printed.trim().split('\n').at(-1) ?? '';
  let why: string | null = null;
  let elapsedMs = 0;
  const watching = setInterval(() => {
    elapsedMs += 1_000;
    why ??= watch(elapsedMs, lastLine());
    if (why !== null) child.kill('SIGKILL');
  }, 1_000);
  const status = await new Promise<number | null>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      why = error.code === 'ENOENT' ? `there is no \`${command}\` on the PATH` : error.message;
      resolve(null);
    });
    child.once('close', resolve);
  }).finally(() => clearInterval(watching));
  return { status, why, lastLine: lastLine() };
}

function bytesIn(folder: string): number {
  return readdirSync(folder).reduce((sum, name) => sum + statSync(join(folder, name)).size, 0);
}
