import type { Layout } from "../layout/layout.ts";
import { type Dtype, ELEMENT_BYTES } from "../plan/dtype.ts";
import { GROUP } from "./invocations.ts";

/** The `FORMAT` of each dtype in shaders/parts/element.wgsl. */
export const FORMAT: Readonly<Record<Dtype, number>> = { f32: 0, f16: 1, bf16: 2, u8: 3 };

/** Returns the elements that a word of 32 bits holds. */
export function perWord(dtype: Dtype): number {
  return 4 / ELEMENT_BYTES[dtype];
}

/**
 * Returns each value's element in the low bits of a word of its own. Floats are rounded to nearest even; no
 * value may be NaN.
 */
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
 * Returns the words that the vertical pass may store at once: as many as hold elements of columns that are
 * adjacent on the canvas and in the output.
 * @param firstElement the element of the output's buffer that the layout's offsets are counted from
 */
export function storeWidth(layout: Layout, firstElement: number, dtype: Dtype): VectorWidth {
  const per = perWord(dtype);
  return widestVector((width) => {
    const elements = width * per;
    return elements <= GROUP && firstElement % elements === 0 && fillsWords(layout, elements);
  });
}

/**
 * Returns whether every `per` elements of an output, from a multiple of `per` on, come from adjacent columns
 * of a canvas. A kernel can then store them as whole words.
 */
export function fillsWords({ offsets, repeats }: Layout, per: number): boolean {
  const [channels, lines, columns] = offsets;
  return [channels, lines, repeats].every((offsets) => offsets.every((offset) => offset % per === 0)) &&
    areAdjacent(columns, per);
}

/** The width of a vector, in words that a kernel moves at once. */
export type VectorWidth = 1 | 2 | 4;

/** Returns the widest vector that fits. A single word always does. */
export function widestVector(fits: (width: VectorWidth) => boolean): VectorWidth {
  return fits(4) ? 4 : fits(2) ? 2 : 1;
}

/**
 * Returns whether offsets come in groups of `width` that are adjacent and aligned: for a width of 4
 * `[8, 9, 10, 11, 0, 1, 2, 3]` do, and `[1, 2, 3, 4]` do not.
 */
export function areAdjacent(offsets: Uint32Array, width: number): boolean {
  return offsets.length % width === 0 && offsets.every((offset, index) => {
    const within = index % width;
    return offset % width === within && offset - within === offsets[index - within];
  });
}
