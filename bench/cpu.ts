import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

/** Linux has had 100 ticks a second on every machine since 2.6, whatever the kernel's own clock: times(2). */
const TICK_MS = 10;

/** Processes by what they are called. */
export type Pids = Readonly<Record<string, number>>;

/** Milliseconds of processor time that each process took from `afterMs` from now on, for `forMs`; null but on Linux. */
export async function cpuWithin(pids: Pids, afterMs: number, forMs: number): Promise<Record<string, number> | null> {
  await pause(afterMs);
  const read = cpuFromNow(pids);
  await pause(forMs);
  return read();
}

/** @returns reads the milliseconds of processor time that each process took since this call; null but on Linux */
export function cpuFromNow(pids: Pids): () => Record<string, number> | null {
  const before = taken(pids);
  return () => {
    const after = taken(pids);
    if (!before || !after) return null;
    return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? Number.NaN)]));
  };
}

/** The processes that a process has started and that still run. */
export function childrenOf(pid: number): number[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' }).trim().split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []));
}

function taken(pids: Pids): Record<string, number> | null {
  if (process.platform !== 'linux') return null;
  return Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, cpuMs(pid)]));
}

/** proc(5): utime and stime are fields 14 and 15; the name before them, in brackets, may hold blanks. */
function cpuMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS;
}
