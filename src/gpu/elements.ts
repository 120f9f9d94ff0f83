import type { Layout } from "../layout/mod.ts";
import { ELEMENT_BYTES } from "../plan/element_bytes.ts";
import type { Dtype } from "../plan/plan.ts";

/** A dtype's `FORMAT` in shaders/element.wgsl. */
export const FORMAT: Readonly<Record<Dtype, number>> = { f32: 0, f16: 1, bf16: 2, u8: 3 };

/** Elements that a word of 32 bits holds. */
export function perWord(dtype: Dtype): number {
  return 4 / ELEMENT_BYTES[dtype];
}

/** Values as elements, one in the low bits of each word, rounded to nearest even; no NaN. */
export function elementsOf(values: Float32Array, dtype: Dtype): Uint32Array {
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

/** Most columns of a canvas, 4, 2 or 1, that lie side by side in the rows of an output as well, from a multiple of it on. */
export function spanOf(layout: Layout, firstElement: number): 1 | 2 | 4 {
  const fits = (span: number) => firstElement % span === 0 && fillsWords(layout, span);
  return fits(4) ? 4 : fits(2) ? 2 : 1;
}

/**
 * Whether each word of an output holds elements that lie side by side on a canvas: `per` of them, from a column that is
 * a multiple of it. The kernels then store words.
 */
export function fillsWords({ inputShape, offsets, repeats }: Layout, per: number): boolean {
  const [channels, rows, columns] = offsets;
  const begins = [channels, rows, repeats].every((offsets) => offsets.every((offset) => offset % per === 0));
  return begins && inputShape[2] % per === 0 &&
    columns.every((offset, x) => offset % per === x % per && offset - x % per === columns[x - x % per]);
}
