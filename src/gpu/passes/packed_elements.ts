import type { Layout } from "../../layout/layout.ts";
import { type Dtype, ELEMENT_BYTES } from "../../plan/dtype.ts";
import { GROUP } from "./table_textures.ts";
import { longestRun, type Run, sideBySide } from "./vector_width.ts";

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

/** The words that columns side by side on a canvas are in the rows of an output, too, whose words they fill. */
export function runOf(layout: Layout, firstElement: number, dtype: Dtype): Run {
  const per = perWord(dtype);
  return longestRun((run) =>
    firstElement % (run * per) === 0 && run * per <= GROUP && fillsWords(layout, run * per)
  );
}

/**
 * Whether each word of an output holds elements that lie side by side on a canvas: `per` of them, from a column that is
 * a multiple of it. The kernels then store words.
 */
export function fillsWords({ offsets, repeats }: Layout, per: number): boolean {
  const [channels, rows, columns] = offsets;
  return [channels, rows, repeats].every((offsets) => offsets.every((offset) => offset % per === 0)) &&
    sideBySide(columns, per);
}
