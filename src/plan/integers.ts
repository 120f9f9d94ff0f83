import { countOf } from "../layout/shape.ts";
import type { IntegerType } from "./dtype.ts";
import type { Range, Size } from "./geometry.ts";

/** An output of integers, which the pictures' sizes alone decide: grids, masks, counts. */
export interface IntegerOutput {
  /** The element type. */
  dtype: IntegerType;
  /** The shape. */
  shape: number[];
  /**
   * The elements in row-major order; or masks, as the sizes of their ones. A mask is a plane of the
   * last two axes `[height, width]`, with a rectangle of ones at its top left:
   *
   *     1 1 1 0 0
   *     1 1 1 0 0   ones: 3x2
   *     0 0 0 0 0
   */
  values: readonly number[] | { ones: readonly Size[] };
  /** The lengths of the lists that Python returns in place of a tensor; absent where it returns a tensor. */
  lists?: number[];
}

/** Returns an output `[sizes, 2]` of heights and widths: each size is a row. */
export function sizeRows(sizes: readonly Size[]): IntegerOutput {
  const values = sizes.flatMap(({ width, height }) => [height, width]);
  return { dtype: "i64", shape: [sizes.length, 2], values };
}

/** The typed arrays that hold integers: of `i64`, of `i32`, of `bool`, one byte each, and of `f32`. */
export type IntegerData = BigInt64Array | Int32Array | Uint8Array | Float32Array;

/** Returns an integer output's elements, in row-major order. */
export function integerData({ dtype, shape, values }: IntegerOutput): IntegerData {
  if ("ones" in values) return masksOf(dtype, shape, values.ones);
  switch (dtype) {
    case "i64":
      return BigInt64Array.from(values, BigInt);
    case "i32":
      return Int32Array.from(values);
    case "bool":
      return Uint8Array.from(values);
    case "f32":
      return Float32Array.from(values);
  }
}

/**
 * Returns masks, filled a line at a time. They have millions of elements: one by one, these would take longer
 * than the pictures' pixels.
 */
function masksOf(dtype: IntegerType, shape: readonly number[], ones: readonly Size[]): IntegerData {
  const [height, width] = shape.slice(-2);
  const lines = ones.flatMap((size, plane) =>
    Array.from({ length: size.height }, (_, y): Range => {
      const from = (plane * height + y) * width;
      return { from, to: from + size.width };
    })
  );
  const count = countOf(shape);
  if (dtype === "i64") {
    const masks = new BigInt64Array(count);
    for (const { from, to } of lines) masks.fill(1n, from, to);
    return masks;
  }
  const masks = new { i32: Int32Array, bool: Uint8Array, f32: Float32Array }[dtype](count);
  for (const { from, to } of lines) masks.fill(1, from, to);
  return masks;
}
