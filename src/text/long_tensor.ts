import { longsOf } from "../plan/integers.ts";

/** Whole numbers `[samples, length]`, as PyTorch's `long` and safetensors' `I64` are stored. */
export interface LongTensor {
  /** safetensors' name of the element type. */
  readonly dtype: "I64";
  /** `[samples, length]` */
  readonly shape: readonly [samples: number, length: number];
  /** The elements, one sample after another. */
  readonly data: BigInt64Array;
}

/** The side on which shorter rows of a batch are filled up. */
export type PadSide = "left" | "right";

/** Returns a batch of rows `[rows, length]`, each filled up with `fill` to `length`. */
export function longRows(
  rows: readonly ArrayLike<number>[],
  length: number,
  fill: number,
  side: PadSide = "right",
): LongTensor {
  const all = new Int32Array(rows.length * length).fill(fill);
  for (const [index, row] of rows.entries()) {
    all.set(row, index * length + (side === "left" ? length - row.length : 0));
  }
  return { dtype: "I64", shape: [rows.length, length], data: longsOf(all) };
}
