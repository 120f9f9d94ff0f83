import { visitMacroblocks } from "./vp8_blocks.ts";
import { vp8Header } from "./vp8_header.ts";

/** The largest number of 16 bits. */
const WORD = 32767;

/** The most that both passes of a block's transform make of a coefficient of 1. */
const GROWTH = 1.31 ** 2;

/** The most that roundings add. */
const ROUNDED = 16;

/** Values of which first coefficients are an eighth. */
const EIGHT = 8;

/**
 * Says that a lossy picture lacks pixels, or has a block whose differences are far from any picture's.
 * libwebp without vectors, as WebAssembly has it, gives other pixels then than libwebp with vectors of 16
 * bits, as Pillow has it, and each release gives others of these.
 *
 * Source: libwebp `src/dsp/dec.c`, `TransformOne_C`, and `src/dsp/dec_sse2.c`, `Transform_SSE2`.
 *
 * @param data the data of a chunk `VP8 `, whose header is known to be right
 */
export function vp8OutOfRange(data: Uint8Array): string | undefined {
  // Of parts that the data lack, releases of libwebp make different pixels.
  if (vp8Header(data).isShort) return "its WebP data is damaged: it ends inside a part of its pixels";
  let macroblock = 0, found: number | undefined;
  visitMacroblocks(data, ({ firsts = 0, luma, chroma }) => {
    macroblock++;
    const largest = Math.max(luma + firsts / EIGHT, chroma);
    if (largest * GROWTH + ROUNDED > WORD) found ??= macroblock;
  });
  if (found === undefined) return undefined;
  return `its WebP data is damaged: macroblock ${found} has pixels beyond black and white`;
}
