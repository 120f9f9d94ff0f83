import { dataViewOf } from "../headers/binary.ts";
import { crc32 } from "../headers/crc32.ts";
import { pngChunks } from "../headers/file_chunks.ts";

/**
 * Says what is wrong with a PNG's chunks: a checksum before its pixels, an end inside a chunk, or a text that
 * is not packed by deflate. Pillow wants no end chunk, and looks at no checksum behind the first pixels.
 *
 * Source: Pillow `src/PIL/PngImagePlugin.py`, `crc`, `chunk_zTXt` and `load_end`.
 */
export function pngDamage(bytes: Uint8Array): string | undefined {
  const view = dataViewOf(bytes);
  let isBefore = true; // the pixels
  for (const { type, start, end } of pngChunks(bytes)) {
    const isChunk = /^\w{4}$/.test(type);
    if (type === "IEND" || !isChunk && !isBefore) return undefined;
    isBefore &&= type !== "IDAT";
    if (isBefore && !isChunk) return `its PNG data has a chunk of no name at ${start - 8}`;
    if (end + (isBefore ? 4 : 0) > bytes.length) {
      return `PNG data ends after ${bytes.length} bytes, inside its chunk ${type}`;
    }
    if (isBefore && view.getUint32(end) !== crc32(bytes.subarray(start - 4, end))) {
      return `its PNG data is damaged: the checksum of its chunk ${type} is not its own`;
    }
    if (type === "zTXt" && packing(bytes.subarray(start, end)) > 0) {
      return `its PNG data has a chunk ${type} that is packed in an unknown way`;
    }
  }
}

/** Returns the number of the way in which a text behind its name is packed; 0 is deflate. */
function packing(text: Uint8Array): number {
  const name = text.indexOf(0);
  return name < 0 ? 0 : text[name + 1] ?? 0;
}
