import { spawn } from 'node:child_process';
import { endWithUs } from '../../temporal/dev-server-guard';

export type Report = (line: string) => void;

export interface Job {
  /** Empty, and for this job alone. */
  folder: string;
  env: NodeJS.ProcessEnv;
  report: Report;
}

interface Work {
  command: string;
  args: readonly string[];
  /** In the present participle, for the lines of progress. */
  doing: string;
  /** What has been reached by now; left out: the last line that was printed. */
  progress?: () => string;
  /** It is called off where its progress does not change for as long. Left out: never. */
  stalledAfterMs?: number;
  withinMs: number;
}

const LOOK_EVERY_MS = 1_000;
const REPORT_EVERY_MS = 10_000;

/**
 * Runs a program in the job's folder, with a line of progress every 10 s; it ends with this process, however that ends.
 * @returns null when it has ended well, else a clause that says why it did not
 */
export async function watchedRun(work: Work, { folder, env, report }: Job): Promise<string | null> {
  const child = spawn(work.command, work.args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  if (child.pid !== undefined) endWithUs(child);
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      printed = (printed + text).slice(-4_000);
    });
  }
  const lastLine = () => printed.trim().split('\n').at(-1) ?? '';
  let why: string | null = null;
  const watching = watch(work, work.progress ?? lastLine, report, (clause) => {
    why = clause;
    child.kill('SIGKILL');
  });
  const status = await new Promise<number | null>((resolve) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      why = error.code === 'ENOENT' ? `there is no \`${work.command}\` on the PATH` : error.message;
      resolve(null);
    });
    child.once('close', resolve);
  }).finally(() => clearInterval(watching));
  if (status === 0) return null;
  return why ?? (lastLine() || `${work.command} ended with status ${status}`);
}

function watch(work: Work, progress: () => string, report: Report, callOff: (why: string) => void): NodeJS.Timeout {
  let elapsedMs = 0;
  let seen = '';
  let seenAtMs = 0;
  const timer = setInterval(() => {
    elapsedMs += LOOK_EVERY_MS;
    const now = progress();
    if (now !== seen) [seen, seenAtMs] = [now, elapsedMs];
    if (elapsedMs % REPORT_EVERY_MS === 0) report(`  ${work.doing}: ${elapsedMs / 1000} s  ${now}`.trimEnd());
    const { stalledAfterMs = Number.POSITIVE_INFINITY, withinMs } = work;
    if (elapsedMs - seenAtMs >= stalledAfterMs) callOff(`no progress for ${stalledAfterMs / 1000} s`);
    else if (elapsedMs >= withinMs) callOff('it takes too long');
    else return;
    clearInterval(timer);
  }, LOOK_EVERY_MS);
  return timer;
}
