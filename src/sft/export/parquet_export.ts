import { zstdCompressSync } from "node:zlib";
import type { SchemaElement } from "npm:hyparquet@1.31.5";
import { ByteWriter, ParquetWriter } from "npm:hyparquet-writer@0.17.0";
import { storedData, type StoredDtype } from "../../formats/stored_dtype.ts";
import {
  type ExportColumns,
  type ExportItem,
  type ExportTensor,
  npyLengthOf,
  npyOf,
  tensorsOf,
} from "./export_item.ts";

/** The bytes of tensors that a group of rows may have, which writers and readers hold in memory. */
const GROUP_BYTES = 64 * 2 ** 20;

/** The types of parquet by those of tokens. */
const TYPES: Partial<Record<StoredDtype, SchemaElement["type"]>> = {
  BOOL: "BOOLEAN",
  I32: "INT32",
  I64: "INT64",
  F32: "FLOAT",
};

/** A column of a parquet file. */
interface Column {
  readonly name: string;
  /** The column's part of the schema. */
  readonly schema: readonly SchemaElement[];
  /** Returns an item's value. */
  valueOf(item: ExportItem): unknown;
}

/**
 * Yields the bytes of a parquet file that `datasets` opens. Tokens are lists of numbers. Another tensor is
 * the bytes of a `.npy` file, and a list of tensors a list of such; null where an item lacks it.
 *
 * @param groupBytes the most bytes of tensors in a group of several rows
 */
export async function* parquetPieces(
  items: readonly ExportItem[],
  columns: ExportColumns,
  groupBytes: number = GROUP_BYTES,
): AsyncGenerator<Uint8Array> {
  const list = columnsOf(columns, items[0]), writer = new ByteWriter();
  const file = new ParquetWriter({
    writer,
    schema: [{ name: "schema", num_children: list.length }, ...list.flatMap(({ schema }) => schema)],
    codec: "ZSTD",
    compressors: { ZSTD: (page) => new Uint8Array(zstdCompressSync(page)) },
    statistics: false,
    createdBy: "vitrail",
  });
  for (const group of groupsOf(items, columns, groupBytes)) {
    const columnData = [];
    for (const { name, valueOf } of list) {
      const data = await Promise.all(group.map(valueOf));
      columnData.push({ name, data, encoding: "PLAIN" as const });
    }
    file.write({ columnData, rowGroupSize: group.length });
    yield written(writer);
  }
  file.finish();
  yield written(writer);
}

/** Returns what a writer has, and forgets it. */
function written(writer: ByteWriter): Uint8Array {
  const bytes = new Uint8Array(writer.getBuffer());
  writer.index = 0;
  return bytes;
}

/** Groups neighbours whose tensors take at most `most` bytes together. */
function groupsOf(items: readonly ExportItem[], { outputs }: ExportColumns, most: number): ExportItem[][] {
  const groups: ExportItem[][] = [];
  let room = 0;
  for (const item of items) {
    const tensors = outputs.flatMap(({ name }) => tensorsOf(item, name));
    const bytes = tensors.reduce((sum, tensor) => sum + npyLengthOf(tensor), 0);
    if (groups.length === 0 || bytes > room) {
      groups.push([]);
      room = most;
    }
    groups.at(-1)!.push(item);
    room -= bytes;
  }
  return groups;
}

/** Returns the columns; the tokens' tensors have the types and the ranks of those of `first`. */
function columnsOf({ tokens, outputs }: ExportColumns, first: ExportItem): Column[] {
  return [
    { name: "position", schema: [leaf("position", "INT64")], valueOf: ({ position }) => BigInt(position) },
    { name: "text", schema: [textLeaf("text")], valueOf: ({ text }) => text },
    { name: "record", schema: [textLeaf("record")], valueOf: ({ record }) => record },
    ...tokens.map((name): Column => {
      const { dtype, shape } = first.tokens[name];
      const schema = shape.reduceRight<SchemaElement[]>(
        (inner, _, axis) => listOf(axis === 0 ? name : "element", inner),
        [leaf("element", TYPES[dtype]!)],
      );
      return { name, schema, valueOf: (item) => nested(item.tokens[name]) };
    }),
    ...outputs.map(({ name, isList }): Column => {
      const valueOf = async (item: ExportItem) => {
        const files = await Promise.all(tensorsOf(item, name).map(npyOf));
        return isList ? files : files[0] ?? null;
      };
      const bytes = leaf(isList ? "element" : name, "BYTE_ARRAY");
      return { name, schema: isList ? listOf(name, [bytes]) : [bytes], valueOf };
    }),
  ];
}

function leaf(name: string, type: SchemaElement["type"]): SchemaElement {
  return { name, type, repetition_type: "OPTIONAL" };
}

function textLeaf(name: string): SchemaElement {
  return { ...leaf(name, "BYTE_ARRAY"), converted_type: "UTF8" };
}

/** Returns the schema of a list. Source: parquet-format `LogicalTypes.md`, "Lists". */
function listOf(name: string, element: readonly SchemaElement[]): SchemaElement[] {
  return [
    { name, converted_type: "LIST", num_children: 1, repetition_type: "OPTIONAL" },
    { name: "list", num_children: 1, repetition_type: "REPEATED" },
    ...element,
  ];
}

/** Returns a tensor as nested lists of its elements. */
async function nested({ dtype, shape, bytes }: ExportTensor): Promise<unknown> {
  const data = await bytes();
  const elements = storedData(dtype, new Uint8Array(data).buffer);
  let lists: unknown[] = Array.from(
    elements as ArrayLike<unknown>,
    dtype === "BOOL" ? Boolean : undefined as never,
  );
  for (const size of shape.slice(1).reverse()) {
    lists = Array.from({ length: lists.length / size }, (_, at) => lists.slice(at * size, (at + 1) * size));
  }
  return lists;
}
