import { execFileSync } from 'node:child_process';
import { closeSync, fdatasyncSync, openSync, statfsSync, writeSync } from 'node:fs';
import { cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { type Spread, spreadOf } from './load/percentile';
import { PACKAGE_ROOT } from './package-root';
import { throwawayFolder } from './throwaway-folder';

export interface Machine {
  cpu: string;
  cores: number;
  memoryBytes: number;
  system: string;
  node: string;
  /** One 4 KiB write and fdatasync where the data folders are made. */
  fsyncMs: Spread;
  /** A folder in memory flatters whoever waits for the disk. */
  dataInMemory: boolean;
  commit: string | null;
  date: string;
}

const FSYNCS = 300;
/** statfs(2), linux/magic.h */
const TMPFS_MAGIC = 0x01021994;

export async function machineFacts(dataParent: string): Promise<Machine> {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryBytes: totalmem(),
    system: `${type()} ${process.arch}`,
    node: process.version,
    fsyncMs: await fsyncs(dataParent),
    dataInMemory: process.platform === 'linux' && statfsSync(dataParent).type === TMPFS_MAGIC,
    commit: commit(),
    date: new Date().toISOString(),
  };
}

async function fsyncs(dataParent: string): Promise<Spread> {
  const folder = throwawayFolder(dataParent);
  const file = openSync(join(folder.path, 'fsync'), 'w');
  const page = Buffer.alloc(4096, 1);
  const took: number[] = [];
  for (let n = 0; n < FSYNCS; n++) {
    const startedAt = performance.now();
    writeSync(file, page);
    fdatasyncSync(file);
    took.push(performance.now() - startedAt);
  }
  closeSync(file);
  await folder.remove();
  return spreadOf(took);
}

/** Null where this is no clone; `+` for one that was changed. */
function commit(): string | null {
  try {
    const git = (...args: string[]) =>
      execFileSync('git', args, { cwd: PACKAGE_ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
    return git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain', '--untracked-files=no') ? '+' : '');
  } catch {
    return null;
  }
}
