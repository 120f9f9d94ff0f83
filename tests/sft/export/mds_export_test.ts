import { mdsColumns, mdsPieces } from "../../../src/sft/export/mds_export.ts";
import type { ExportRow } from "../../../src/sft/export/export_row.ts";
import { VitrailError } from "../../../src/errors.ts";
import { python, withPython } from "../../support/python.ts";
import { COLUMNS, ROWS, SHOWN } from "../../support/sft/export_rows.ts";
import { SHOW_ARRAYS } from "../../support/show_arrays.ts";
import { inFolder } from "../../support/temporary_folder.ts";
import { assertEquals, assertThrows } from "@std/assert";
import { join } from "node:path";

/**
 * Reads a shard by the rules of MDS: the offsets of rows at its head, and a row's sizes before its cells.
 * Source: MosaicML Streaming `streaming/base/format/mds/reader.py` and `encodings.py`.
 */
const READ = `
import io
DTYPES = {8: "u1", 18: "<f2", 33: "<i4", 34: "<f4", 65: "<i8"}
def array(data):
    rank, width = data[1] >> 2, 1 << data[1] % 4
    end = 2 + rank * width
    return np.frombuffer(data[end:], DTYPES[data[0]]).reshape(np.frombuffer(data[2:end], f"<u{width}"))
def number(data): return int(np.frombuffer(data, "<i8")[0])
def npys(data):
    file, found = io.BytesIO(data), []
    while file.tell() < len(data): found.append(np.load(file))
    return found
DECODERS = {"int": number, "str": bytes.decode, "json": json.loads, "ndarray": array, "bytes": npys}
def rows(path, entry):
    data = open(path, "rb").read()
    count = int(np.frombuffer(data[:4], "<u4")[0])
    offsets = np.frombuffer(data[4 : 8 + 4 * count], "<u4").tolist()
    assert json.loads(data[8 + 4 * count : offsets[0]]) == entry and offsets[-1] == len(data)
    for begin, end in zip(offsets, offsets[1:]):
        sizes = list(entry["column_sizes"])
        for column, size in enumerate(sizes):
            if size is None:
                sizes[column] = int(np.frombuffer(data[begin : begin + 4], "<u4")[0])
                begin += 4
        row = {}
        for name, encoding, size in zip(entry["column_names"], entry["column_encodings"], sizes):
            row[name] = DECODERS[encoding](data[begin : begin + size])
            begin += size
        assert begin == end
        yield row
show([*rows(sys.argv[1], json.loads(sys.argv[2]))])
`;

await withPython(
  "mdsPieces makes shards that read as MosaicML Streaming's",
  () =>
    inFolder(async (folder) => {
      const path = join(folder, "shard.00000.mds");
      await Deno.writeFile(path, ReadableStream.from(mdsPieces(ROWS, COLUMNS)));
      const entry = mdsColumns(COLUMNS);
      assertEquals(
        entry.column_names,
        Object.keys(Object.groupBy(entry.column_names as string[], (x) => x)).sort(),
      );
      // There are no truth values in MDS.
      const bytes = (values: number[]) => ["|u1", [values.length], values];
      const { pixel_values, bits, mask, parts, ...tokens } = SHOWN[1];
      assertEquals(JSON.parse(await python(SHOW_ARRAYS + READ, path, JSON.stringify(entry))), [
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
  const large: ExportRow = {
    ...ROWS[1],
    outputs: { mask: { dtype: "BOOL", shape: [2 ** 31], bytes: () => Promise.resolve(new Uint8Array()) } },
  };
  mdsPieces([large], COLUMNS);
  assertThrows(() => mdsPieces([large, large], COLUMNS), VitrailError, "4 GiB that a file of MDS may");
});
