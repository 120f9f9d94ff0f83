import { webdatasetPieces } from "../../../src/sft/export/webdataset_export.ts";
import { python, withPython } from "../../support/python.ts";
import { ROWS, SHOWN } from "../../support/sft/export_rows.ts";
import { SHOW_ARRAYS } from "../../support/show_arrays.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { assertEquals } from "@std/assert";
import { join } from "node:path";

/** Reads an archive by the rules of webdataset: members with the same base name are a sample. */
const READ = `
import io, re, tarfile
def npy(data): return np.load(io.BytesIO(data))
DECODERS = {"npy": npy, "json": json.loads, "txt": bytes.decode, "index": int}
samples = {}
with tarfile.open(sys.argv[1]) as archive:
    for member in archive:
        base, field = re.match(r"^((?:.*/|)[^.]+)[.]([^/]*)$", member.name).groups()
        data = archive.extractfile(member).read()
        samples.setdefault(base, {})[field] = DECODERS[field.split(".")[-1]](data)
show(samples)
`;

await withPython(
  "webdatasetPieces makes archives that read as webdataset's",
  () =>
    inFolder(async (folder) => {
      const path = join(folder, "a.tar");
      await Deno.writeFile(path, ReadableStream.from(webdatasetPieces(ROWS)));
      const npy = (fields: object) =>
        Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${name}.npy`, value]));
      const { parts: [first, second], ...others } = SHOWN[1];
      assertEquals(JSON.parse(await python(SHOW_ARRAYS + READ, path)), {
        "000000003": { index: 3, txt: "où ?", json: { id: 7 }, ...npy(SHOWN[0]) },
        "000000012": {
          ...{ index: 12, txt: "", json: [], ...npy(others) },
          ...npy({ "parts.0": first, "parts.1": second }),
        },
      });
    }),
);
