import type * as HyparquetWriter from 'hyparquet-writer';
import type { ByteWriter, ParquetWriter, SchemaElement } from 'hyparquet-writer';
import type { ColumnType, ExportColumn, ExportRow } from '../schemas/export';

/** It is an ES module: whoever makes a file has loaded it. */
type Library = Pick<typeof HyparquetWriter, 'ByteWriter' | 'ParquetWriter'>;

/** The sooner of the two ends a row group: larger ones are read faster, smaller ones need less memory. */
const ROW_GROUP = { rows: 20_000, characters: 8_000_000 } as const;

type Cell = ExportRow[string];
type Gathered = { columns: Cell[][]; rows: number; characters: number };

const PHYSICAL: Record<ColumnType, Omit<SchemaElement, 'name'>> = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } },
  integer: { type: 'INT64' },
  boolean: { type: 'BOOLEAN' },
  time: {
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
};

function schemaOf(columns: readonly ExportColumn[]): SchemaElement[] {
  const leaves = columns.map(({ name, type, nullable }): SchemaElement => {
    return { name, ...PHYSICAL[type], repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED' };
  });
  return [{ name: 'onward', num_children: leaves.length }, ...leaves];
}

/** A cell as the library takes it. */
function physical(type: ColumnType, cell: Cell): unknown {
  if (cell === null) return null;
  if (type === 'integer') return BigInt(cell as number);
  return type === 'time' ? BigInt(Date.parse(cell as string)) : cell;
}

function fresh(columns: readonly ExportColumn[]): Gathered {
  return { columns: columns.map(() => []), rows: 0, characters: 0 };
}

function gather(group: Gathered, page: readonly Cell[][]): void {
  page.forEach((cells, index) => {
    const column = group.columns[index];
    for (const cell of cells) {
      column?.push(cell);
      if (typeof cell === 'string') group.characters += cell.length;
    }
  });
  group.rows += page[0]?.length ?? 0;
}

/** A Parquet file that is written row group by row group; what is written is handed on and not held. */
export class ParquetFile {
  private group: Gathered;
  private readonly out: ByteWriter;
  private readonly writer: ParquetWriter;

  constructor(
    private readonly columns: readonly ExportColumn[],
    library: Library,
  ) {
    this.out = new library.ByteWriter();
    this.writer = new library.ParquetWriter({ writer: this.out, schema: schemaOf(columns), createdBy: 'onward' });
    this.group = fresh(columns);
  }

  /** @param page cells by column. @returns what the file goes on with; null: not enough yet for a row group */
  add(page: readonly Cell[][]): Uint8Array | null {
    gather(this.group, page);
    const full = this.group.rows >= ROW_GROUP.rows || this.group.characters >= ROW_GROUP.characters;
    return full ? this.writeGroup() : null;
  }

  /** The rest, with the footer: without it nothing reads the file. */
  end(): Uint8Array {
    const last = this.group.rows > 0 ? this.writeGroup() : new Uint8Array();
    void this.writer.finish();
    return Buffer.concat([last, this.takeBytes()]);
  }

  private writeGroup(): Uint8Array {
    const { columns, rows } = this.group;
    const columnData = this.columns.map(({ name, type }, index) => {
      return { name, data: (columns[index] ?? []).map((cell) => physical(type, cell)) };
    });
    void this.writer.write({ columnData, rowGroupSize: rows });
    this.group = fresh(this.columns);
    return this.takeBytes();
  }

  /** What came since the last time. The buffer begins anew, as in the library’s own writer to a file. */
  private takeBytes(): Uint8Array {
    const bytes = Uint8Array.from(this.out.getBytes());
    this.out.index = 0;
    return bytes;
  }
}
