import { VitrailError } from "../../errors.ts";
import type { StoredDtype } from "../../formats/stored_dtype.ts";
import {
  type ExportColumns,
  type ExportItem,
  type ExportTensor,
  npyLengthOf,
  npyOf,
  tensorsOf,
} from "./export_item.ts";
import { byteLengthOf } from "../../formats/safetensors_header.ts";

/** MDS's number of each element type that tokens have. It has none for truth values: they become bytes. */
const NUMBERS: Partial<Record<StoredDtype, number>> = { U8: 8, BOOL: 8, I32: 33, I64: 65, F32: 34, F16: 18 };

/** The most bytes of a file, whose offsets have 32 bits. */
const MOST = 2 ** 32 - 1;

/** A column of MDS, and the cells of its items. */
interface Column {
  readonly name: string;
  /** The name of its encoding. */
  readonly encoding: string;
  /** The bytes of a cell, where all cells have as many. */
  readonly size: number | null;
  /** Returns the pieces of an item's cell. */
  cell(item: ExportItem): readonly Piece[];
}

/** Some bytes of a file whose count is known before they are made. */
interface Piece {
  readonly length: number;
  bytes(): Promise<Uint8Array> | Uint8Array;
}

/**
 * Returns the bytes of a shard of MosaicML Streaming: the count of items, the offset of each, the columns in
 * JSON, and the items. Tokens are arrays. A tensor that an item may lack is `bytes` of a `.npy` file: none
 * where it lacks it, and several, one after another, for a list.
 * Source: MosaicML Streaming `streaming/base/format/mds/writer.py`, `encode_joint_shard`, `encode_sample`.
 *
 * @throws {VitrailError} `limit`, at once, where the shard would be larger than MDS's offsets can say.
 */
export function mdsPieces(items: readonly ExportItem[], columns: ExportColumns): AsyncIterable<Uint8Array> {
  const list = columnsOf(columns), config = new TextEncoder().encode(JSON.stringify(mdsColumns(columns)));
  const pieces = items.map((item) => itemPieces(item, list));
  const head = new Uint32Array(1 + items.length + 1);
  let end = head.byteLength + config.length;
  head[0] = items.length;
  head[1] = end;
  for (const [index, item] of pieces.entries()) {
    end += item.reduce((sum, { length }) => sum + length, 0);
    if (end > MOST) throw tooLarge(items.length);
    head[index + 2] = end;
  }
  return joined([new Uint8Array(head.buffer), config], pieces);
}

/** Returns the entry of a shard's columns in MDS's index, which its file holds, too. */
export function mdsColumns(columns: ExportColumns): Record<string, unknown> {
  const list = columnsOf(columns);
  return {
    column_encodings: list.map(({ encoding }) => encoding),
    column_names: list.map(({ name }) => name),
    column_sizes: list.map(({ size }) => size),
    compression: null,
    format: "mds",
    hashes: ["sha256"],
    size_limit: null,
    version: 2,
  };
}

/** Yields the head, and then the bytes of the items. */
async function* joined(head: readonly Uint8Array[], items: readonly (readonly Piece[])[]) {
  yield* head;
  for (const item of items) for (const piece of item) yield await piece.bytes();
}

/** Returns the columns, by their names. */
function columnsOf({ tokens, outputs }: ExportColumns): Column[] {
  const columns: Column[] = [
    { name: "position", encoding: "int", size: 8, cell: ({ position }) => [exactly(longOf(position))] },
    { name: "text", encoding: "str", size: null, cell: ({ text }) => [exactly(utf8(text))] },
    { name: "record", encoding: "json", size: null, cell: ({ record }) => [exactly(utf8(record))] },
    ...tokens.map((name): Column => ({
      name,
      encoding: "ndarray",
      size: null,
      cell: (item) => arrayPieces(item.tokens[name]),
    })),
    ...outputs.map(({ name }): Column => ({
      name,
      encoding: "bytes",
      size: null,
      cell: (item) =>
        tensorsOf(item, name).map((tensor) => ({
          length: npyLengthOf(tensor),
          bytes: () => npyOf(tensor),
        })),
    })),
  ];
  return columns.sort((a, b) => a.name < b.name ? -1 : 1);
}

/** Returns the pieces of an item: the sizes of those cells that vary, and the cells. */
function itemPieces(item: ExportItem, columns: readonly Column[]): Piece[] {
  const cells = columns.map(({ cell }) => cell(item));
  const sizes = cells.map((pieces) => pieces.reduce((sum, { length }) => sum + length, 0));
  const varying = Uint32Array.from(sizes.filter((_, index) => columns[index].size === null));
  return [exactly(new Uint8Array(varying.buffer)), ...cells.flat()];
}

/** Returns the pieces of an array: its type, the number and width of its sizes, these, and its elements. */
function arrayPieces(tensor: ExportTensor): Piece[] {
  const { dtype, shape } = tensor, sizes = Uint32Array.from(shape);
  const head = Uint8Array.of(NUMBERS[dtype]!, shape.length << 2 | 2, ...new Uint8Array(sizes.buffer));
  return [exactly(head), { length: byteLengthOf(tensor), bytes: () => tensor.bytes() }];
}

function exactly(bytes: Uint8Array): Piece {
  return { length: bytes.length, bytes: () => bytes };
}

function longOf(value: number): Uint8Array {
  return new Uint8Array(BigInt64Array.of(BigInt(value)).buffer);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function tooLarge(items: number): VitrailError {
  return new VitrailError(
    "limit",
    `a shard of ${items} items takes more than the 4 GiB that a file of MDS may; ` +
      `make the set with a smaller --shard-size`,
  );
}
