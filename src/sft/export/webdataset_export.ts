import { pack } from "npm:tar-stream@3.2.2";
import { type ExportItem, npyOf } from "./export_item.ts";

/** The time that members of archives bear, so that equal items make equal archives. */
const TIME = new Date(0);

/**
 * Yields the bytes of a tar archive as webdataset reads it. The members of an item share the name before the
 * first point, and the rest is their field: `000000007.pixel_values.npy`. Readers decode `.npy` to arrays,
 * `.json` to objects, `.txt` to texts and `.index` to numbers. A list has a member for each of its tensors.
 * Source: webdataset `tariterators.py`, `base_plus_ext`, and `autodecode.py`, `basichandlers`.
 */
export async function* webdatasetPieces(items: readonly ExportItem[]): AsyncGenerator<Uint8Array> {
  const archive = pack();
  for (const item of items) {
    for await (const [field, bytes] of fieldsOf(item)) {
      archive.entry({ name: `${String(item.position).padStart(9, "0")}.${field}`, mtime: TIME }, bytes);
      yield* written(archive);
    }
  }
  archive.finalize();
  yield* written(archive);
}

/** Yields the fields of an item: their names, and their bytes. */
async function* fieldsOf(item: ExportItem): AsyncGenerator<[field: string, bytes: Uint8Array]> {
  const text = new TextEncoder();
  yield ["index", text.encode(`${item.position}`)];
  yield ["txt", text.encode(item.text)];
  yield ["json", text.encode(item.record)];
  for (const [name, tensor] of Object.entries(item.tokens)) yield [`${name}.npy`, await npyOf(tensor)];
  for (const [name, output] of Object.entries(item.outputs)) {
    if ("dtype" in output) yield [`${name}.npy`, await npyOf(output)];
    else for (const [index, part] of output.entries()) yield [`${name}.${index}.npy`, await npyOf(part)];
  }
}

/** Yields what an archive has so far. */
function* written(archive: ReturnType<typeof pack>): Generator<Uint8Array> {
  for (let piece = archive.read(); piece !== null; piece = archive.read()) yield piece as Uint8Array;
}
