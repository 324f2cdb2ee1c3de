import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The thread that writes Parquet, as it is built. */
export const PARQUET_THREAD = join(__dirname, '..', '..', 'dist', 'parquet-thread.js');

export interface ReadParquet {
  columns: { name: string; type: string; kind: string | null; utc: boolean | null; nullable: boolean }[];
  codecs: string[];
  /** Rows by row group. */
  groups: number[];
  /** As the footer says, and as many as there are. */
  count: number;
  read: number;
  /** The first thousand. */
  rows: Record<string, unknown>[];
}

export function needParquetThread(): string {
  if (!existsSync(PARQUET_THREAD))
    throw new Error('dist/parquet-thread.js is missing: run `npm run build` (`npm test` does).');
  return PARQUET_THREAD;
}

/** What a reader makes of the file: see read-parquet.mjs. */
export function readParquet(bytes: Uint8Array): ReadParquet {
  const folder = mkdtempSync(join(tmpdir(), 'onward-parquet-'));
  try {
    const file = join(folder, 'file.parquet');
    writeFileSync(file, bytes);
    const script = join(__dirname, 'read-parquet.mjs');
    return JSON.parse(
      execFileSync(process.execPath, [script, file], { encoding: 'utf8', maxBuffer: 1 << 28 }),
    ) as ReadParquet;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
