import { readFileSync } from 'node:fs';
import { parquetMetadata, parquetReadObjects } from 'hyparquet';

/**
 * `node read-parquet.mjs FILE`: what another library than the writer's reads in a Parquet file, as JSON. In a process of
 * its own, since Jest loads no ES module. Integers are `{ int }`, times `{ time }`.
 */
const bytes = readFileSync(process.argv[2]);
const file = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
const { schema, row_groups: groups, num_rows: rows } = parquetMetadata(file);
const told = (_key, value) => (typeof value === 'bigint' ? { int: String(value) } : value);
const asTime = (value) => (value instanceof Date ? { time: value.toISOString() } : value);
const read = await parquetReadObjects({ file });
console.log(
  JSON.stringify(
    {
      columns: schema
        .slice(1)
        .map(({ name, type, converted_type: kind, logical_type: logical, repetition_type: times }) => {
          return {
            name,
            type,
            kind: kind ?? null,
            utc: logical?.isAdjustedToUTC ?? null,
            nullable: times === 'OPTIONAL',
          };
        }),
      codecs: [...new Set(groups.flatMap(({ columns }) => columns.map(({ meta_data: { codec } }) => codec)))],
      groups: groups.map((group) => Number(group.num_rows)),
      count: Number(rows),
      read: read.length,
      rows: read
        .slice(0, 1_000)
        .map((row) => Object.fromEntries(Object.entries(row).map(([key, value]) => [key, asTime(value)]))),
    },
    told,
  ),
);
