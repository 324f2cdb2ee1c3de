import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a process holds in memory now. */
export function rssBytes(pid: number): number {
  return kilobytes(pid) * 1024;
}

function kilobytes(pid: number): number {
  if (process.platform === 'linux') {
    return Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }));
}
