import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { untilLeft } from './leaving';

export interface ThrowawayFolder {
  path: string;
  remove(): Promise<void>;
}

export function throwawayFolder(parent: string): ThrowawayFolder {
  const path = mkdtempSync(join(parent, 'onward-bench-'));
  // What a server that is just ending still writes into it makes the first try fail.
  const remove = untilLeft(async () => rmSync(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
  return { path, remove };
}
