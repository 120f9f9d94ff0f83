import { parquetWriteBuffer } from "hyparquet-writer";
import type { CompressionCodec, SchemaElement } from "hyparquet";
import { gzipSync } from "node:zlib";
import { join } from "node:path";

/** The type of a column: a word, a list of one type, or a struct of types. */
export type ColumnType = "text" | "bytes" | "whole" | readonly [ColumnType] | {
  readonly [name: string]: ColumnType;
};

/** Returns the schema of a column, as Arrow writes lists and structs. */
function schemaOf(name: string, type: ColumnType): SchemaElement[] {
  const repetition_type = "OPTIONAL";
  if (type === "text") return [{ name, type: "BYTE_ARRAY", converted_type: "UTF8", repetition_type }];
  if (type === "bytes") return [{ name, type: "BYTE_ARRAY", repetition_type }];
  if (type === "whole") return [{ name, type: "INT64", repetition_type }];
  if (Array.isArray(type)) {
    return [
      { name, converted_type: "LIST", num_children: 1, repetition_type },
      { name: "list", num_children: 1, repetition_type: "REPEATED" },
      ...schemaOf("element", type[0]),
    ];
  }
  const fields = Object.entries(type);
  return [
    { name, num_children: fields.length, repetition_type },
    ...fields.flatMap(([own, held]) => schemaOf(own, held)),
  ];
}

/** Writes rows as parquet, and returns the file's path. */
export async function writeParquet(
  folder: string,
  name: string,
  types: Readonly<Record<string, ColumnType>>,
  rows: readonly Readonly<Record<string, unknown>>[],
  options: { rowGroupSize?: number; codec?: CompressionCodec } = {},
): Promise<string> {
  const columns = Object.keys(types);
  const bytes = parquetWriteBuffer({
    columnData: columns.map((column) => ({ name: column, data: rows.map((row) => row[column] ?? null) })),
    schema: [
      { name: "root", num_children: columns.length },
      ...columns.flatMap((column) => schemaOf(column, types[column])),
    ],
    compressors: { GZIP: (input: Uint8Array) => new Uint8Array(gzipSync(input)) },
    ...options,
  });
  const path = join(folder, name);
  await Deno.writeFile(path, new Uint8Array(bytes));
  return path;
}
