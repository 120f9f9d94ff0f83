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

/**
 * Returns whole numbers of 32 bits as `long`. A BigInt for each would take ten times as long, so the halves
 * of each are written as words.
 */
export function longsOf(values: ArrayLike<number>): BigInt64Array {
  const longs = new BigInt64Array(values.length), words = new Int32Array(longs.buffer);
  const [low, high] = LITTLE_ENDIAN ? [0, 1] : [1, 0];
  for (let i = 0; i < values.length; i++) {
    words[2 * i + low] = values[i];
    words[2 * i + high] = values[i] < 0 ? -1 : 0;
  }
  return longs;
}

/**
 * Returns `long` whose values have 32 bits as whole numbers of so many, which is {@linkcode longsOf} undone.
 */
export function intsOf(longs: BigInt64Array): Int32Array {
  const words = new Int32Array(longs.buffer, longs.byteOffset), low = LITTLE_ENDIAN ? 0 : 1;
  const values = new Int32Array(longs.length);
  for (let i = 0; i < values.length; i++) values[i] = words[2 * i + low];
  return values;
}

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;
