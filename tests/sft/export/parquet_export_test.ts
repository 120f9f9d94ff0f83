import { type ExportItem, npyOf, tensorsOf } from "../../../src/sft/export/export_item.ts";
import { parquetPieces } from "../../../src/sft/export/parquet_export.ts";
import { COLUMNS, ITEMS } from "../../support/export/export_items.ts";
import { assertEquals } from "@std/assert";
import { parquetMetadata, parquetReadObjects, parquetSchema } from "hyparquet";
import { zstdDecompressSync } from "node:zlib";

const COMPRESSORS = { ZSTD: (page: Uint8Array) => new Uint8Array(zstdDecompressSync(page)) };

/** Returns the file of some rows. */
async function fileOf(rows: readonly ExportItem[], groupBytes?: number): Promise<ArrayBuffer> {
  return await new Response(ReadableStream.from(parquetPieces(rows, COLUMNS, groupBytes))).arrayBuffer();
}

Deno.test("parquetPieces makes files with tokens as lists, and other tensors as .npy files", async () => {
  const file = await fileOf(ITEMS);
  const [first, second] = await parquetReadObjects({ file, utf8: false, compressors: COMPRESSORS });
  assertEquals(first, {
    position: 3n,
    text: "où ?",
    record: '{"id": 7}',
    input_ids: [1n, -2n, 2n ** 40n],
    im_mask: [false, true, true],
    position_ids: [[1n, 2n, 3n], [4n, 5n, 6n]],
    cu_seqlens: [0, 3],
    pixel_values: null,
    bits: null,
    parts: [],
    mask: null,
  });
  const npy = await Promise.all(
    COLUMNS.outputs.map(async ({ name, isList }) => {
      const files = await Promise.all(tensorsOf(ITEMS[1], name).map(npyOf));
      return [name, isList ? files : files[0]];
    }),
  );
  assertEquals(second, {
    position: 12n,
    text: "",
    record: "[]",
    input_ids: [9n],
    im_mask: [true],
    position_ids: [[7n], [8n]],
    cu_seqlens: [0, 1],
    ...Object.fromEntries(npy),
  });
  // A file of text alone has the same columns.
  const text = parquetMetadata(await fileOf(ITEMS.slice(0, 1)));
  assertEquals(parquetSchema(text), parquetSchema(parquetMetadata(file)));
});

Deno.test("parquetPieces ends a group of rows before it is too large", async () => {
  // A row with pictures has 4 outputs of 5 tensors, each of less than 150 bytes.
  const { row_groups } = parquetMetadata(await fileOf([...ITEMS, ITEMS[1], ITEMS[1], ITEMS[0]], 1500));
  assertEquals(row_groups.map(({ num_rows }) => num_rows), [3n, 2n]);
});
