import { parentPort, workerData } from 'node:worker_threads';
import { ParquetFile } from './parquet-file';
import type { FromParquet, ParquetThreadData, ToParquet } from './parquet-messages';

/**
 * Writes one Parquet file in a thread of its own: to encode a row group takes a third of a second, in which a server
 * would answer nobody.
 */
async function main(): Promise<void> {
  const { columns } = workerData as ParquetThreadData;
  const file = new ParquetFile(columns, await import('hyparquet-writer'));
  parentPort?.on('message', (message: ToParquet) => {
    const bytes = message === 'end' ? file.end() : file.add(message.cells);
    parentPort?.postMessage({ bytes } satisfies FromParquet);
  });
}

void main();
