import type { Rgba } from "../decoders/decoder.ts";
import { dataViewOf } from "./binary.ts";

/** The first frame of a GIF: its box on the screen, and the colour of what it does not draw. */
export interface GifFrame {
  left: number;
  top: number;
  right: number;
  bottom: number;
  /** RGBA; where the frame has a transparent index, that index's palette colour with alpha 0. */
  backdrop: Uint8Array;
}

const EXTENSION = 0x21;
const GRAPHIC_CONTROL = 0xf9;
const IMAGE = 0x2c;

/**
 * Reads the box of a GIF's first frame, and what shows around it and through it, without decoding.
 *
 * Pillow fills the screen with the transparent index in the frame's palette, or with index 0 where there is
 * none. It drops alpha without touching RGB; decoders clear both to zero.
 *
 * Source: Pillow `src/PIL/GifImagePlugin.py`, `load_prepare`.
 *
 * @returns the frame; undefined where there is no whole first one, or no palette.
 */
export function firstGifFrame(bytes: Uint8Array): GifFrame | undefined {
  const view = dataViewOf(bytes);
  let palette = paletteAt(bytes, 10, 13);
  let transparent: number | undefined;
  let at = 13 + palette.length;
  while (at + 10 < bytes.length && bytes[at] === EXTENSION) {
    if (bytes[at + 1] === GRAPHIC_CONTROL) transparent = bytes[at + 3] & 1 ? bytes[at + 6] : undefined;
    at = afterBlocks(bytes, at + 2);
  }
  if (at + 10 >= bytes.length || bytes[at] !== IMAGE) return undefined;
  const [left, top, width, height] = [1, 3, 5, 7].map((field) => view.getUint16(at + field, true));
  if (bytes[at + 9] & 0x80) palette = paletteAt(bytes, at + 9, at + 10);
  const colour = 3 * (transparent ?? 0);
  if (colour + 3 > palette.length) return undefined;
  const backdrop = Uint8Array.of(
    ...palette.subarray(colour, colour + 3),
    transparent === undefined ? 255 : 0,
  );
  return { left, top, right: left + width, bottom: top + height, backdrop };
}

/** Gives every pixel that the frame leaves undrawn the frame's backdrop, in place. */
export function showBackdrop({ width, height, data }: Rgba, frame: GifFrame): void {
  for (let y = 0, at = 0; y < height; y++) {
    const beside = y >= frame.top && y < frame.bottom;
    for (let x = 0; x < width; x++, at += 4) {
      const drawn = beside && x >= frame.left && x < frame.right && data[at + 3] !== 0;
      if (!drawn) data.set(frame.backdrop, at);
    }
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
