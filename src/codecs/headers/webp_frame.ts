import type { Size } from "../../plan/geometry.ts";
import { dataViewOf, joinedBytes } from "./binary.ts";
import { type FileChunk, webpChunks } from "./file_chunks.ts";

/** The first frame of a WebP, as a WebP of its own that ends with its pixels. */
export interface WebpFrame {
  still: Uint8Array;
  /** The frame's place on the screen of an animation; absent where the file is none. */
  place?: { left: number; top: number; screen: Size };
}

/** The most bytes that are filled in for those that a chunk lacks. */
const MISSING_BYTES = 1 << 24;

/** Bytes before the picture of a frame: its box, its duration and its flags. */
export const FRAME_HEADER = 16;

/**
 * Returns the first frame of a WebP; undefined where it has none.
 *
 * A decoder would read on behind the pixels' chunk, where these are damaged. Source: WebP container
 * specification; libwebp `src/dec/webp_dec.c`, `DecodeInto`.
 */
export function firstWebpFrame(bytes: Uint8Array): WebpFrame | undefined {
  const view = dataViewOf(bytes), chunks = [...webpChunks(bytes)];
  const extended = chunks.find(({ type }) => type === "VP8X"),
    frame = chunks.find(({ type }) => type === "ANMF");
  if (extended === undefined || frame === undefined) {
    const still = stillOf(bytes, chunks, extended && webpSizeAt(view, extended.start + 4));
    return still && { still };
  }
  const { start, end } = frame;
  const inside = [...webpChunks(bytes.subarray(0, end), start + FRAME_HEADER)];
  const still = stillOf(bytes, inside, webpSizeAt(view, start + 6));
  const screen = webpSizeAt(view, extended.start + 4);
  return still &&
    { still, place: { left: 2 * uint24(view, start), top: 2 * uint24(view, start + 3), screen } };
}

/**
 * Returns the picture of some chunks as a file of its own. Alpha of a lossy picture is a chunk of its own,
 * and has to be announced, with the size.
 */
function stillOf(bytes: Uint8Array, chunks: readonly FileChunk[], size?: Size): Uint8Array | undefined {
  const picture = chunks.find(({ type }) => type === "VP8 " || type === "VP8L");
  const alpha = chunks.find(({ type }) => type === "ALPH");
  if (picture === undefined) return undefined;
  const parts = [text("RIFF\0\0\0\0WEBP")];
  if (alpha !== undefined && size !== undefined) parts.push(announced(size), chunkOf(bytes, alpha));
  const file = joinedBytes([...parts, chunkOf(bytes, picture)]);
  dataViewOf(file).setUint32(4, file.length - 8, true);
  return file;
}

/** Returns a VP8X chunk that announces alpha and a size. */
function announced({ width, height }: Size): Uint8Array {
  const chunk = new Uint8Array(18), view = dataViewOf(chunk);
  chunk.set(text("VP8X\x0a\0\0\0\x10"));
  view.setUint32(12, width - 1, true); // three bytes: the fourth is the height's first
  view.setUint16(15, height - 1 & 0xffff, true);
  chunk[17] = height - 1 >> 16;
  return chunk;
}

/**
 * Returns a chunk with its header, and with the byte that makes its length even, which decoders may read. A
 * chunk that ends past the bytes goes on with zeros, by which decoders end it; not with any number of them.
 */
function chunkOf(bytes: Uint8Array, { start, end }: FileChunk): Uint8Array {
  const length = Math.min(end, bytes.length + MISSING_BYTES) - start,
    chunk = new Uint8Array(8 + length + length % 2);
  chunk.set(bytes.subarray(start - 8, start + length + length % 2));
  dataViewOf(chunk).setUint32(4, length, true);
  return chunk;
}

function text(characters: string): Uint8Array {
  return new TextEncoder().encode(characters);
}

/** Flags of a WebP's header: it is an animation, and it has alpha. */
export const WEBP_FLAG = { ANIMATION: 2, ALPHA: 16 } as const;

/**
 * Returns whether a WebP has alpha for Pillow. An animation, and a lossy picture, have it where the header
 * says so; a lossless picture where its pixels' own header does.
 *
 * Source: libwebp `src/dec/webp_dec.c`, `ParseHeadersInternal`; `src/demux/demux.c`, `ParseSingleImage`.
 */
export function webpHasAlpha(bytes: Uint8Array): boolean {
  const { flags, lossless } = alphaSigns(bytes);
  return lossless === undefined || (flags & WEBP_FLAG.ANIMATION) !== 0
    ? (flags & WEBP_FLAG.ALPHA) !== 0
    : lossless;
}

/** Returns whether a WebP's header says that it has no alpha, and the pixels of its one picture have it. */
export function hidesAlpha(bytes: Uint8Array): boolean {
  const { flags, lossless, isExtended } = alphaSigns(bytes);
  return isExtended && (flags & (WEBP_FLAG.ALPHA | WEBP_FLAG.ANIMATION)) === 0 && lossless === true;
}

/** Reads what a WebP says of alpha: its header's flags, and its lossless pixels' own header. */
function alphaSigns(bytes: Uint8Array): { isExtended: boolean; flags: number; lossless?: boolean } {
  const chunks = [...webpChunks(bytes)], isExtended = chunks[0]?.type === "VP8X";
  const lossless = chunks.find(({ type }) => type === "VP8L");
  return {
    isExtended,
    flags: isExtended ? bytes[chunks[0].start] : 0,
    ...(lossless && { lossless: (bytes[lossless.start + 4] & 16) !== 0 }),
  };
}

/** Reads a size, each side in three bytes that hold one pixel less. */
export function webpSizeAt(view: DataView, at: number): Size {
  return { width: uint24(view, at) + 1, height: uint24(view, at + 3) + 1 };
}

/** Reads a number of three bytes. */
export function uint24(view: DataView, at: number): number {
  return view.getUint16(at, true) | view.getUint8(at + 2) << 16;
}
