import { dataViewOf, joinedBytes } from "../headers/binary.ts";
import { crc32 } from "../headers/crc32.ts";
import { type FileChunk, pngChunks } from "../headers/file_chunks.ts";
import { PNG_COLOUR, pngKind } from "../headers/png_kind.ts";

/** Chunks of an animation, whose first frame may be another picture than the one that Pillow shows. */
const ANIMATION = ["acTL", "fcTL", "fdAT"];

/**
 * Returns a PNG that decoders read as Pillow does: without an animation, and with a colour for every index.
 * One that needs no change is returned as it is.
 *
 * Pillow gives a grey to an index that the palette has not; decoders give black, or an error. Of 16-bit grey
 * it does not look at the transparent value.
 *
 * Source: Pillow `src/libImaging/Palette.c`, `ImagingPaletteNew`; `src/PIL/Image.py`, `convert`.
 */
export function plainPng(bytes: Uint8Array): Uint8Array {
  const { colour, depth } = pngKind(bytes);
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  let changed = false;
  for (const chunk of pngChunks(bytes)) {
    const palette = chunk.type === "PLTE" && colour === PNG_COLOUR.PALETTE &&
      wholePalette(bytes, chunk, 1 << depth);
    const dropped = ANIMATION.includes(chunk.type) ||
      chunk.type === "tRNS" && colour === PNG_COLOUR.GREY && depth === 16;
    changed ||= dropped || !!palette;
    if (!dropped) parts.push(palette || bytes.subarray(chunk.start - 8, chunk.end + 4));
    if (chunk.type === "IEND") break;
  }
  return changed ? joinedBytes(parts) : bytes;
}

/** Returns a PLTE chunk of `colours` colours, greys behind its own; undefined where it has as many. */
function wholePalette(bytes: Uint8Array, { start, end }: FileChunk, colours: number): Uint8Array | undefined {
  const own = Math.floor((end - start) / 3);
  if (own >= colours || end > bytes.length) return undefined;
  const chunk = new Uint8Array(12 + 3 * colours), view = dataViewOf(chunk);
  view.setUint32(0, 3 * colours);
  chunk.set(bytes.subarray(start - 4, start + 3 * own), 4);
  for (let index = own; index < colours; index++) chunk.fill(index, 8 + 3 * index, 11 + 3 * index);
  view.setUint32(8 + 3 * colours, crc32(chunk.subarray(4, 8 + 3 * colours)));
  return chunk;
}
