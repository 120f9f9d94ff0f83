import { dataViewOf } from "../headers/binary.ts";
import { crc32 } from "../headers/crc32.ts";
import { pngChunks } from "../headers/file_chunks.ts";
import { PngBodies } from "./png_bodies.ts";

/**
 * Says what is wrong with a PNG's chunks: a checksum before its pixels, an end inside a chunk, or data that
 * Pillow cannot read. Pillow wants no end chunk, looks at no checksum behind the first pixels, and reads an
 * animation to its second frame alone.
 *
 * Source: Pillow `src/PIL/PngImagePlugin.py`, `crc`, `load_read` and `load_end`.
 */
export function pngDamage(bytes: Uint8Array): string | undefined {
  const view = dataViewOf(bytes), bodies = new PngBodies();
  let isBefore = true; // the pixels
  for (const { type, start, end } of pngChunks(bytes)) {
    const isChunk = /^\w{4}$/.test(type);
    if (type === "IEND" || !isChunk && !isBefore) return undefined;
    if (type === "fcTL" && !isBefore && bodies.isAnimated) return undefined;
    if (type === "fdAT" && isBefore) return "its PNG data has pixels of a later frame before its own";
    isBefore &&= type !== "IDAT";
    if (isBefore && !isChunk) return `its PNG data has a chunk of no name at ${start - 8}`;
    if (end + (isBefore ? 4 : 0) > bytes.length) {
      return `PNG data ends after ${bytes.length} bytes, inside its chunk ${type}`;
    }
    if (isBefore && view.getUint32(end) !== crc32(bytes.subarray(start - 4, end))) {
      return `its PNG data is damaged: the checksum of its chunk ${type} is not its own`;
    }
    const damage = bodies.damageOf(type, bytes.subarray(start, end));
    if (damage !== undefined) return damage;
  }
}
