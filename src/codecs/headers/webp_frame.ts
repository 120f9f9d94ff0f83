import type { Size } from "../../plan/geometry.ts";
import { dataViewOf, textAt } from "./binary.ts";
import { webpChunks } from "./file_chunks.ts";

/** The first frame of an animated WebP, as a WebP of its own, and its place on the screen. */
export interface WebpFrame {
  still: Uint8Array;
  left: number;
  top: number;
  screen: Size;
}

/** Bytes before the picture of a frame: its box, its duration and its flags. */
const FRAME_HEADER = 16;

/** The header of a file, and the chunk that says which kinds of chunks follow. */
const FILE_HEADER = 12, EXTENDED_CHUNK = 18;

/**
 * Returns the first frame of an animated WebP; undefined where the file is no animation.
 *
 * Source: WebP container specification, "Animation".
 */
export function firstWebpFrame(bytes: Uint8Array): WebpFrame | undefined {
  const view = dataViewOf(bytes);
  let screen: Size | undefined;
  for (const { type, start, end } of webpChunks(bytes)) {
    if (end > bytes.length) return undefined;
    if (type === "VP8X") screen = sizeAt(view, start + 4);
    if (type !== "ANMF" || screen === undefined) continue;
    const still = stillOf(bytes.subarray(start + FRAME_HEADER, end), sizeAt(view, start + 6));
    return { still, left: 2 * uint24(view, start), top: 2 * uint24(view, start + 3), screen };
  }
}

/** Returns a frame's chunks as a file. A lossy picture's alpha is a chunk of its own, and is announced. */
function stillOf(chunks: Uint8Array, { width, height }: Size): Uint8Array {
  const hasAlpha = textAt(chunks, 0, 4) === "ALPH";
  const before = FILE_HEADER + (hasAlpha ? EXTENDED_CHUNK : 0);
  const file = new Uint8Array(before + chunks.length), view = dataViewOf(file);
  file.set(new TextEncoder().encode("RIFF\0\0\0\0WEBP"));
  view.setUint32(4, file.length - 8, true);
  if (hasAlpha) {
    file.set(new TextEncoder().encode("VP8X\x0a\0\0\0\x10"), FILE_HEADER);
    view.setUint32(FILE_HEADER + 12, width - 1, true); // three bytes, the fourth is the height's first
    view.setUint16(FILE_HEADER + 15, height - 1 & 0xffff, true);
    file[FILE_HEADER + 17] = height - 1 >> 16;
  }
  file.set(chunks, before);
  return file;
}

function sizeAt(view: DataView, at: number): Size {
  return { width: uint24(view, at) + 1, height: uint24(view, at + 3) + 1 };
}

function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | view.getUint8(at + 2) << 16;
}
