import type { Size } from "./geometry.ts";

/** Integers of an output, as transformers gives them. */
export type IntegerType = "i64" | "i32" | "bool";

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
  const numbers = "ones" in values ? masksOf(values.ones, shape, count) : values;
  switch (dtype) {
    case "i64":
      return BigInt64Array.from(numbers, BigInt);
    case "i32":
      return Int32Array.from(numbers);
    case "bool":
      return Uint8Array.from(numbers);
  }
}

function masksOf(ones: readonly Size[], shape: readonly number[], count: number): Uint8Array {
  const [height, width] = shape.slice(-2);
  const masks = new Uint8Array(count);
  for (const [plane, size] of ones.entries()) {
    for (let y = 0; y < size.height; y++) {
      const from = (plane * height + y) * width;
      masks.fill(1, from, from + size.width);
    }
  }
  return masks;
}
