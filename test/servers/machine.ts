import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

export interface Machine {
  env: NodeJS.ProcessEnv;
  /** The one folder on its PATH. */
  bin: string;
  cache: string;
}

/** A machine with nothing on its PATH and an empty cache. */
export function emptyMachine(root: string): Machine {
  const bin = mkdtempSync(join(root, 'bin-'));
  const cache = mkdtempSync(join(root, 'cache-'));
  return { env: { PATH: bin, XDG_CACHE_HOME: cache, HOME: root }, bin, cache: join(cache, 'onward') };
}

/** An executable file of a shell's lines. */
export function script(file: string, ...lines: string[]): string {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'));
  chmodSync(file, 0o755);
  return file;
}
