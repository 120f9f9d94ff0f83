import { mdsColumns, mdsPieces } from "../../../src/sft/export/mds_export.ts";
import type { ExportItem } from "../../../src/sft/export/export_item.ts";
import { VitrailError } from "../../../src/errors.ts";
import { python, withPython } from "../../support/python.ts";
import { READ_MDS } from "../../support/export/export_readers.ts";
import { COLUMNS, ITEMS, SHOWN } from "../../support/export/export_items.ts";
import { SHOW_ARRAYS } from "../../support/show_arrays.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";

await withPython(
  "mdsPieces makes shards that read as MosaicML Streaming's",
  () =>
    inFolder(async (folder) => {
      const path = join(folder, "shard.00000.mds");
      await Deno.writeFile(path, ReadableStream.from(mdsPieces(ITEMS, COLUMNS)));
      const entry = mdsColumns(COLUMNS);
      assertEquals(entry.column_names, (entry.column_names as string[]).toSorted());
      const program = SHOW_ARRAYS + READ_MDS + "show([*mds(sys.argv[1], json.loads(sys.argv[2]))])";
      // There are no truth values in MDS.
      const bytes = (values: number[]) => ["|u1", [values.length], values];
      const { pixel_values, bits, mask, parts, ...tokens } = SHOWN[1];
      assertEquals(JSON.parse(await python(program, path, JSON.stringify(entry))), [
        {
          ...{ position: 3, text: "où ?", record: { id: 7 }, ...SHOWN[0], im_mask: bytes([0, 1, 1]) },
          ...{ pixel_values: [], bits: [], mask: [], parts: [] },
        },
        {
          ...{ position: 12, text: "", record: [], ...tokens, im_mask: bytes([1]) },
          ...{ pixel_values: [pixel_values], bits: [bits], mask: [mask], parts },
        },
      ]);
    }),
);

Deno.test("mdsPieces refuses shards that are larger than 32 bits can say", () => {
  const large: ExportItem = {
    ...ITEMS[1],
    outputs: { mask: { dtype: "BOOL", shape: [2 ** 31], bytes: () => Promise.resolve(new Uint8Array()) } },
  };
  mdsPieces([large], COLUMNS);
  assertThrows(() => mdsPieces([large, large], COLUMNS), VitrailError, "4 GiB that a file of MDS may");
});
