import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { ExportColumn, ExportRow } from '../schemas/export';
import type { FromParquet, ParquetThreadData, ToParquet } from './parquet-messages';

/**
 * Of the thread's heap. Left to itself V8 lets garbage gather for a hundred thousand rows and more; what is alive is a row
 * group, and 35 KB of the footer for each that is written.
 */
const HEAP_MB = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 24 } as const;

/**
 * Rows as a Parquet file, a piece for each row group. The thread that writes it ends with the reading, however that ends.
 * @param entry the built api/parquet-thread.ts
 */
export async function* parquetBytes(
  entry: string,
  columns: readonly ExportColumn[],
  pages: AsyncIterable<readonly ExportRow[]>,
): AsyncGenerator<Uint8Array> {
  const thread = startThread(entry, columns);
  try {
    for await (const rows of pages) {
      const cells = columns.map(({ name }) => rows.map((row) => row[name] ?? null));
      const bytes = await thread.ask({ cells });
      if (bytes) yield bytes;
    }
    const rest = await thread.ask('end');
    if (rest) yield rest;
  } finally {
    await thread.stop();
  }
}

function startThread(entry: string, columns: readonly ExportColumn[]) {
  const worker = new Worker(entry, {
    workerData: { columns } satisfies ParquetThreadData,
    resourceLimits: HEAP_MB,
  });
  let fault: Error | null = null;
  // It may die while nobody waits for an answer; without a listener that would end the process.
  worker.on('error', (cause: Error) => {
    fault = new Error(`the thread that writes Parquet died: ${cause.message}`, { cause });
  });
  return {
    /** @throws where the thread died */
    async ask(message: ToParquet): Promise<Uint8Array | null> {
      if (fault) throw fault;
      const answered = once(worker, 'message') as Promise<[FromParquet]>;
      worker.postMessage(message);
      const [{ bytes }] = await answered.catch((cause: unknown) => {
        throw fault ?? cause;
      });
      return bytes;
    },
    stop: () => worker.terminate(),
  };
}
