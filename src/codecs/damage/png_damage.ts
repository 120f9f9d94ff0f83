import { dataViewOf } from "../headers/binary.ts";
import { crc32 } from "../headers/crc32.ts";
import { pngChunks } from "../headers/file_chunks.ts";

/**
 * Says what is wrong with a PNG's chunks: a checksum before its pixels, or an end inside a chunk. Pillow
 * wants no end chunk, and looks at no checksum behind the first pixels.
 *
 * Source: Pillow `src/PIL/PngImagePlugin.py`, `crc` and `load_end`.
 */
export function pngDamage(bytes: Uint8Array): string | undefined {
  const view = dataViewOf(bytes);
  let isBefore = true; // the pixels
  for (const { type, start, end } of pngChunks(bytes)) {
    const isChunk = /^[A-Za-z]{4}$/.test(type);
    if (type === "IEND" || !isChunk && !isBefore) return undefined;
    isBefore &&= type !== "IDAT";
    if (isBefore && !isChunk) return `its PNG data has a chunk of no name at ${start - 8}`;
    if (end + (isBefore ? 4 : 0) > bytes.length) {
      return `PNG data ends after ${bytes.length} bytes, inside its chunk ${type}`;
    }
    if (isBefore && view.getUint32(end) !== crc32(bytes.subarray(start - 4, end))) {
      return `its PNG data is damaged: the checksum of its chunk ${type} is not its own`;
    }
  }
}
