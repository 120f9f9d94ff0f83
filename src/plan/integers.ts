import type { IntegerType } from "./dtype.ts";
import type { Size } from "./geometry.ts";

/** An output that the pictures' sizes alone decide. */
export interface IntegerOutput {
  dtype: IntegerType;
  shape: number[];
  /** The elements in row-major order, or masks: planes `[rows, columns]` of the last two axes whose top left is ones. */
  values: readonly number[] | { ones: readonly Size[] };
  /** The lengths of the lists that Python returns in place of a tensor, where it does. */
  lists?: number[];
}

/** Pairs of height and width, a row a size: `[sizes, 2]`. */
export function sizeRows(sizes: readonly Size[]): IntegerOutput {
  const values = sizes.flatMap(({ width, height }) => [height, width]);
  return { dtype: "i64", shape: [sizes.length, 2], values };
}

/** What holds integers in JavaScript. */
export type IntegerData = BigInt64Array | Int32Array | Uint8Array;

/** An integer output's elements. */
export function integerData({ dtype, shape, values }: IntegerOutput): IntegerData {
  const count = shape.reduce((a, b) => a * b, 1);
  if ("ones" in values) return masksOf(dtype, shape, count, values.ones);
  switch (dtype) {
    case "i64":
      return BigInt64Array.from(values, BigInt);
    case "i32":
      return Int32Array.from(values);
    case "bool":
      return Uint8Array.from(values);
  }
}

/** Masks, filled a row at a time: of millions of elements, each by itself would take longer than its picture's pixels. */
function masksOf(
  dtype: IntegerType,
  shape: readonly number[],
  count: number,
  ones: readonly Size[],
): IntegerData {
  const [height, width] = shape.slice(-2);
  const rows = ones.flatMap((size, plane) => {
    return Array.from({ length: size.height }, (_, y) => {
      const from = (plane * height + y) * width;
      return [from, from + size.width] as const;
    });
  });
  if (dtype === "i64") {
    const masks = new BigInt64Array(count);
    for (const [from, to] of rows) masks.fill(1n, from, to);
    return masks;
  }
  const masks = dtype === "i32" ? new Int32Array(count) : new Uint8Array(count);
  for (const [from, to] of rows) masks.fill(1, from, to);
  return masks;
}
