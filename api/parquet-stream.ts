import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ExportColumn, ExportRow } from '../schemas/export';
import type { FromParquet, ParquetThreadData, ToParquet } from './parquet-messages';

/**
 * Rows as a Parquet file, a piece for each row group. The thread that writes it ends with the reading, however that ends.
 * @param entry the built api/parquet-thread.ts
 */
export async function* parquetBytes(
  entry: string,
  columns: readonly ExportColumn[],
  pages: AsyncIterable<readonly ExportRow[]>,
): AsyncGenerator<Uint8Array> {
  const thread = new Worker(entry, { workerData: { columns } satisfies ParquetThreadData });
  try {
    for await (const rows of pages) {
      const cells = columns.map(({ name }) => rows.map((row) => row[name] ?? null));
      const bytes = await answerTo(thread, { cells });
      if (bytes) yield bytes;
    }
    const rest = await answerTo(thread, 'end');
    if (rest) yield rest;
  } finally {
    await thread.terminate();
  }
}

/** @throws what the thread died of */
async function answerTo(thread: Worker, message: ToParquet): Promise<Uint8Array | null> {
  // Rejects where the thread throws instead.
  const answered = once(thread, 'message') as Promise<[FromParquet]>;
  thread.postMessage(message);
  const [{ bytes }] = await answered;
  return bytes;
}
