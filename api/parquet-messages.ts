import type { ExportColumn, ExportRow } from '../schemas/export';

/** What the thread is started with. */
export interface ParquetThreadData {
  columns: readonly ExportColumn[];
}

/** A page of rows, cells by column; or that there are no more. Each is answered before the next is sent. */
export type ToParquet = { cells: ExportRow[string][][] } | 'end';

/** What the file goes on with; null: not enough yet for a row group. */
export interface FromParquet {
  bytes: Uint8Array | null;
}
