import { webdatasetPieces } from "../../../src/sft/export/webdataset_export.ts";
import { python, withPython } from "../../support/python.ts";
import { READ_WEBDATASET } from "../../support/export/export_readers.ts";
import { ITEMS, SHOWN } from "../../support/export/export_items.ts";
import { SHOW_ARRAYS } from "../../support/show_arrays.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { assertEquals } from "@std/assert";
import { join } from "node:path";

await withPython(
  "webdatasetPieces makes archives that read as webdataset's",
  () =>
    inFolder(async (folder) => {
      const path = join(folder, "a.tar");
      await Deno.writeFile(path, ReadableStream.from(webdatasetPieces(ITEMS)));
      const program = SHOW_ARRAYS + READ_WEBDATASET + "show(webdataset(sys.argv[1]))";
      const npy = (fields: object) =>
        Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${name}.npy`, value]));
      const { parts: [first, second], ...others } = SHOWN[1];
      assertEquals(JSON.parse(await python(program, path)), {
        "000000003": { index: 3, txt: "où ?", json: { id: 7 }, ...npy(SHOWN[0]) },
        "000000012": {
          ...{ index: 12, txt: "", json: [], ...npy(others) },
          ...npy({ "parts.0": first, "parts.1": second }),
        },
      });
    }),
);
