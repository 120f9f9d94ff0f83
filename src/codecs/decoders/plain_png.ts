import { dataViewOf, joinedBytes } from "../headers/binary.ts";
import { crc32 } from "../headers/crc32.ts";
import { type FileChunk, pngChunks } from "../headers/file_chunks.ts";
import { PNG_COLOUR, pngKind } from "../headers/png_kind.ts";

/** Chunks of an animation, whose first frame may be another picture than the one that Pillow shows. */
const ANIMATION = ["acTL", "fcTL", "fdAT"];

/**
 * Returns a PNG that decoders read as Pillow does: without an animation, with a colour for every index, and
 * with the transparency that Pillow knows. One that needs no change is returned as it is.
 *
 * Pillow gives a grey to an index that the palette has not; decoders give black, or an error. It takes the
 * last chunk tRNS, be it behind the pixels, and decoders one in its right place alone.
 *
 * Source: Pillow `src/libImaging/Palette.c`, `ImagingPaletteNew`; `src/PIL/PngImagePlugin.py`, `chunk_tRNS`;
 * `src/PIL/Image.py`, `convert`.
 */
export function plainPng(bytes: Uint8Array): Uint8Array {
  const { colour, depth } = pngKind(bytes);
  const parts: Uint8Array[] = [bytes.subarray(0, 8)];
  let changed = false, pixels = -1, transparent: Uint8Array | undefined;
  for (const chunk of pngChunks(bytes)) {
    const { type, start, end } = chunk;
    if (type === "IDAT" && pixels < 0) pixels = parts.length;
    if (type === "tRNS") transparent = bytes.subarray(start, end);
    const palette = type === "PLTE" && colour === PNG_COLOUR.PALETTE &&
      wholePalette(bytes, chunk, 1 << depth);
    const dropped = ANIMATION.includes(type) || type === "tRNS";
    changed ||= dropped || !!palette;
    if (!dropped) parts.push(palette || bytes.subarray(start - 8, end + 4));
  }
  const known = transparent && knownTransparency(transparent, colour, depth);
  if (known !== undefined && pixels >= 0) parts.splice(pixels, 0, chunkOf("tRNS", known));
  return changed ? joinedBytes(parts) : bytes;
}

/** Returns a PLTE chunk of `colours` colours, greys behind its own; undefined where it has as many. */
function wholePalette(bytes: Uint8Array, { start, end }: FileChunk, colours: number): Uint8Array | undefined {
  const own = Math.floor((end - start) / 3);
  if (own >= colours || end > bytes.length) return undefined;
  const palette = new Uint8Array(3 * colours);
  palette.set(bytes.subarray(start, start + 3 * own));
  for (let index = own; index < colours; index++) palette.fill(index, 3 * index, 3 * index + 3);
  return chunkOf("PLTE", palette);
}

/**
 * Returns the data of tRNS that Pillow makes use of; undefined where that is none.
 *
 * A picture of RGB goes over white as it is, since it has no mode with alpha. Of 16-bit grey nobody asks for
 * the transparent value, and that of fewer bits is compared with a grey of eight.
 *
 * Source: transformers `models/idefics2/image_processing_idefics2.py`, `convert_to_rgb`.
 */
function knownTransparency(data: Uint8Array, colour: number, depth: number): Uint8Array | undefined {
  if (colour === PNG_COLOUR.PALETTE) return data.subarray(0, 1 << depth);
  if (colour !== PNG_COLOUR.GREY || depth === 16 || data.length < 2) return undefined;
  const step = 255 / ((1 << depth) - 1), value = data[1];
  return value % step === 0 ? Uint8Array.of(0, value / step) : undefined;
}

/** Returns a chunk with its length and its checksum. */
function chunkOf(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + data.length), view = dataViewOf(chunk);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}
