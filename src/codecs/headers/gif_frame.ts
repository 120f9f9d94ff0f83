import type { Size } from "../../plan/geometry.ts";
import { dataViewOf, textAt } from "./binary.ts";

/** The first frame of a GIF, before its pixels are decoded. */
export interface GifFrame extends Size {
  /** The size of the screen that frames lie on. */
  screen: Size;
  /** True where it has a palette of greys in order, in place of which Pillow takes the file's colours. */
  hidesGreys: boolean;
  left: number;
  top: number;
  /** RGB bytes, `[colours, 3]`; empty where the file has no palette. */
  palette: Uint8Array;
  /** The index that shows what lies below; undefined where there is none. */
  transparent?: number;
  /** True where lines come in four passes. */
  interlaced: boolean;
  /** The place of the pixels: bits of an index, then blocks of data. */
  start: number;
}

const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const APPLICATION = 0xff;
const IMAGE = 0x2c;
const TRAILER = 0x3b;

/**
 * Reads the first frame of a GIF without decoding it; undefined where there is no whole one.
 *
 * Source: Pillow `src/PIL/GifImagePlugin.py`, `_seek`.
 */
export function firstGifFrame(bytes: Uint8Array): GifFrame | undefined {
  if (bytes.length < 13) return undefined;
  const view = dataViewOf(bytes);
  let palette = paletteAt(bytes, 10, 13);
  let transparent: number | undefined;
  let at = 13 + palette.length;
  for (; at + 10 < bytes.length && bytes[at] !== IMAGE && bytes[at] !== TRAILER; at++) {
    if (bytes[at] !== EXTENSION) continue; // Pillow passes over bytes that begin nothing
    if (bytes[at + 1] === GRAPHIC_CONTROL) {
      const isTransparent = (bytes[at + 3] & 1) === 1;
      if (bytes[at + 2] < (isTransparent ? 4 : 3)) return undefined; // a time and an index that Pillow reads
      if (isTransparent) transparent = bytes[at + 6];
    }
    if (bytes[at + 1] === APPLICATION && !hasApplication(bytes, at + 2)) return undefined;
    at = afterBlocks(bytes, at + 2) - 1;
  }
  if (at + 10 >= bytes.length || bytes[at] !== IMAGE) return undefined;
  const [left, top, width, height] = [1, 3, 5, 7].map((field) => view.getUint16(at + field, true));
  const flags = bytes[at + 9], own = paletteAt(bytes, at + 9, at + 10);
  const hidesGreys = own.length > 0 && isGreys(own) && palette.length > 0 && !isGreys(palette);
  if (own.length > 0 && !hidesGreys) palette = own;
  const screen = { width: view.getUint16(6, true), height: view.getUint16(8, true) };
  const start = at + 10 + own.length;
  const interlaced = (flags & 0x40) !== 0;
  return { screen, hidesGreys, left, top, width, height, palette, transparent, interlaced, start };
}

/** Returns whether a palette's colours are the greys 0, 1, 2 and so on. */
function isGreys(palette: Uint8Array): boolean {
  return palette.every((value, at) => value === Math.floor(at / 3));
}

/** Returns whether an application has a name, and Netscape's a count of repeats: Pillow reads both. */
function hasApplication(bytes: Uint8Array, at: number): boolean {
  if (!(bytes[at] > 0)) return false;
  const isNetscape = textAt(bytes, at + 1, Math.min(at + 12, at + 1 + bytes[at])) === "NETSCAPE2.0";
  return !isNetscape || bytes[at + 1 + bytes[at]] > 0;
}

/** Yields the bytes of a list of blocks, as far as they are whole. */
export function* gifData(bytes: Uint8Array, start: number): Generator<Uint8Array> {
  for (let at = start; bytes[at] > 0 && at + bytes[at] < bytes.length; at += 1 + bytes[at]) {
    yield bytes.subarray(at + 1, at + 1 + bytes[at]);
  }
}

/**
 * Returns the palette that the flags at `flags` announce, from `start` on; empty where they announce none.
 */
function paletteAt(bytes: Uint8Array, flags: number, start: number): Uint8Array {
  const colours = bytes[flags] & 0x80 ? 2 << (bytes[flags] & 7) : 0;
  return bytes.subarray(start, start + 3 * colours);
}

/**
 * Returns the place after a list of blocks, each of which begins with its length; an empty one ends the list.
 */
function afterBlocks(bytes: Uint8Array, at: number): number {
  while (at < bytes.length && bytes[at] !== 0) at += 1 + bytes[at];
  return at + 1;
}
