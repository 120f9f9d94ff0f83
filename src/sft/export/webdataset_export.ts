import { pack } from "npm:tar-stream@3.2.2";
import { type ExportRow, npyOf } from "./export_row.ts";

/** The time that members of archives bear, so that equal rows make equal archives. */
const TIME = new Date(0);

/**
 * Yields the bytes of a tar archive as webdataset reads it. The members of a row share the name before the
 * first point, and the rest is their field: `000000007.pixel_values.npy`. Readers decode `.npy` to arrays,
 * `.json` to objects, `.txt` to texts and `.index` to numbers. A list has a member for each of its tensors.
 * Source: webdataset `tariterators.py`, `base_plus_ext`, and `autodecode.py`, `basichandlers`.
 */
export async function* webdatasetPieces(rows: readonly ExportRow[]): AsyncGenerator<Uint8Array> {
  const archive = pack();
  for (const row of rows) {
    for await (const [field, bytes] of fieldsOf(row)) {
      archive.entry({ name: `${String(row.position).padStart(9, "0")}.${field}`, mtime: TIME }, bytes);
      yield* written(archive);
    }
  }
  archive.finalize();
  yield* written(archive);
}

/** Yields the fields of a row: their names, and their bytes. */
async function* fieldsOf(row: ExportRow): AsyncGenerator<[field: string, bytes: Uint8Array]> {
  const text = new TextEncoder();
  yield ["index", text.encode(`${row.position}`)];
  yield ["txt", text.encode(row.text)];
  yield ["json", text.encode(row.record)];
  for (const [name, tensor] of Object.entries(row.tokens)) yield [`${name}.npy`, await npyOf(tensor)];
  for (const [name, output] of Object.entries(row.outputs)) {
    if ("dtype" in output) yield [`${name}.npy`, await npyOf(output)];
    else for (const [index, item] of output.entries()) yield [`${name}.${index}.npy`, await npyOf(item)];
  }
}

/** Yields what an archive has so far. */
function* written(archive: ReturnType<typeof pack>): Generator<Uint8Array> {
  for (let piece = archive.read(); piece !== null; piece = archive.read()) yield piece as Uint8Array;
}
