import type { Layout } from "../layout/layout.ts";
import { type Dtype, ELEMENT_BYTES } from "../plan/dtype.ts";
import { GROUP } from "./lanes.ts";

/** A dtype's `FORMAT` in shaders/element.wgsl. */
export const FORMAT: Readonly<Record<Dtype, number>> = { f32: 0, f16: 1, bf16: 2, u8: 3 };

/** Elements that a word of 32 bits holds. */
export function perWord(dtype: Dtype): number {
  return 4 / ELEMENT_BYTES[dtype];
}

/** The bits of values as elements, one in the low bits of each word, rounded to nearest even. No value is NaN. */
export function elementBits(values: Float32Array, dtype: Dtype): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  switch (dtype) {
    case "f32":
      return bits;
    case "f16":
      return Uint32Array.from(new Uint16Array(Float16Array.from(values).buffer));
    case "bf16":
      return bits.map((word) => word + 0x7fff + (word >>> 16 & 1) >>> 16);
    case "u8":
      return Uint32Array.from(Uint8Array.from(values)); // modulo 256
  }
}

/**
 * Returns the words that the vertical pass may store at once: as many as hold elements of columns that are adjacent on the
 * canvas and in the output.
 */
export function storeWidth(layout: Layout, firstElement: number, dtype: Dtype): VectorWidth {
  const per = perWord(dtype);
  return widestVector((width) => {
    const elements = width * per;
    return elements <= GROUP && firstElement % elements === 0 && fillsWords(layout, elements);
  });
}

/**
 * Returns whether every `per` elements of an output, from a multiple of `per` on, come from adjacent columns of a canvas. A
 * kernel can then store them as whole words.
 */
export function fillsWords({ offsets, repeats }: Layout, per: number): boolean {
  const [channels, rows, columns] = offsets;
  return [channels, rows, repeats].every((offsets) => offsets.every((offset) => offset % per === 0)) &&
    areAdjacent(columns, per);
}

/** How many words a kernel moves at once: the vectors of WGSL that are as wide as a power of two. */
export type VectorWidth = 1 | 2 | 4;

/** Returns the widest vector that fits. A single word always does. */
export function widestVector(fits: (width: VectorWidth) => boolean): VectorWidth {
  return fits(4) ? 4 : fits(2) ? 2 : 1;
}

/**
 * Returns whether offsets come in blocks of `width` that are adjacent and aligned: `[8, 9, 10, 11, 0, 1, 2, 3]` does for a
 * width of 4, `[1, 2, 3, 4]` does not.
 */
export function areAdjacent(offsets: Uint32Array, width: number): boolean {
  return offsets.length % width === 0 && offsets.every((offset, index) => {
    const within = index % width;
    return offset % width === within && offset - within === offsets[index - within];
  });
}
