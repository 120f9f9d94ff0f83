import { VitrailError } from "../../errors.ts";
import { sizeText } from "../../plan/geometry.ts";
import { firstGifFrame, gifData, type GifFrame } from "../headers/gif_frame.ts";
import type { Decoder } from "./decoder.ts";
import { fillByLzw } from "./lzw.ts";

/** Lines of an interlaced frame: the first one of each pass, and the step to the next. */
const PASSES = [[0, 8], [4, 8], [2, 4], [1, 2]];

/**
 * Decodes a GIF's first frame.
 *
 * Libraries for it draw what there is of a frame that ends early, and clear colours that are transparent.
 */
export const gifDecoder: Decoder = {
  name: "gif",
  formats: ["gif"],
  portable: true,
  missing: () => Promise.resolve(undefined),
  cannot(bytes) {
    const frame = firstGifFrame(bytes);
    if (frame === undefined) return "a GIF without a whole first frame";
    const { screen, left, top, width, height, hidesGreys, transparent } = frame;
    if (width * height === 0) return "a GIF whose first frame has no pixels";
    if (left + width > screen.width || top + height > screen.height) {
      return `a GIF of ${sizeText(screen)} whose first frame reaches ${left + width}x${top + height}`;
    }
    if (hidesGreys && transparent !== undefined) {
      return "a GIF whose first frame has greys in place of colours, and a transparent one";
    }
    const bits = bytes[frame.start];
    // Of one bit a pixel, codes would begin with two; Pillow reads them otherwise.
    return bits >= 2 && bits <= 8 ? undefined : `a GIF of ${bits} bits a pixel`;
  },
  decode: (bytes, _format, { damaged }) =>
    Promise.try(() => {
      const frame = firstGifFrame(bytes)!, indices = new Uint8Array(frame.width * frame.height);
      const filled = fillByLzw(indices, lzwOf(bytes, frame));
      if (filled < indices.length && damaged === "refuse") {
        throw new VitrailError("decode", `its GIF data ends after ${filled} of ${indices.length} pixels`);
      }
      return { ...frame.screen, data: drawn(indices, frame) };
    }),
};

/** Reads a frame's codes, whose first bit is the lowest of a byte. */
function lzwOf(bytes: Uint8Array, { start }: GifFrame) {
  const blocks = gifData(bytes, start + 1);
  let block: Uint8Array = new Uint8Array(0), at = 0, held = 0, bitsHeld = 0;
  const code = (bits: number) => {
    for (; bitsHeld < bits; bitsHeld += 8) {
      if (at === block.length) {
        const next = blocks.next();
        if (next.done) return undefined;
        block = next.value;
        at = 0;
      }
      held |= block[at++] << bitsHeld;
    }
    const found = held & (1 << bits) - 1;
    held >>= bits;
    bitsHeld -= bits;
    return found;
  };
  return { valueBits: bytes[start], early: false, code };
}

/**
 * Draws a frame's indices on its screen, as RGBA.
 *
 * Pillow fills the screen with the transparent index, or with index 0 where there is none, and drops alpha
 * without touching RGB. An index that the palette has not is a grey.
 *
 * Source: Pillow `src/PIL/GifImagePlugin.py`, `load_prepare`, and `src/libImaging/Palette.c`.
 */
function drawn(indices: Uint8Array, frame: GifFrame): Uint8Array {
  const { screen, left, top, width, height, palette, transparent } = frame;
  const colours = new Uint8Array(256 * 4), words = new Uint32Array(colours.buffer);
  for (let index = 0; index < 256; index++) {
    const own = 3 * index + 3 <= palette.length;
    colours.set(own ? palette.subarray(3 * index, 3 * index + 3) : [index, index, index], 4 * index);
    colours[4 * index + 3] = index === transparent ? 0 : 255;
  }
  const pixels = new Uint32Array(screen.width * screen.height).fill(words[transparent ?? 0]);
  const lines = linesInOrder(frame);
  for (let line = 0; line < height; line++) {
    const to = (top + lines[line]) * screen.width + left;
    for (let x = 0; x < width; x++) pixels[to + x] = words[indices[line * width + x]];
  }
  return new Uint8Array(pixels.buffer);
}

/** Returns the place of each stored line in its frame. */
function linesInOrder({ height, interlaced }: GifFrame): number[] {
  return (interlaced ? PASSES : [[0, 1]]).flatMap(([first, step]) =>
    Array.from({ length: Math.ceil(Math.max(height - first, 0) / step) }, (_, at) => first + at * step)
  );
}
