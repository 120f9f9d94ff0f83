import type { Layout } from "../../../src/layout/layout.ts";

/** Moves `values` by `offsets` and `repeats`: each input element to its places in the output. */
export function scatter<T>(layout: Layout, values: readonly T[]): T[] {
  const output: T[] = [];
  let at = 0;
  const walk = (axis: number, offset: number): void => {
    if (axis === layout.offsets.length) {
      for (const repeat of layout.repeats) output[offset + repeat] = values[at];
      at++;
    } else {
      for (const step of layout.offsets[axis]) walk(axis + 1, offset + step);
    }
  };
  walk(0, 0);
  return output;
}

/** Moves `values` by `digits`: each output element from its place in the input. */
export function gather<T>(layout: Layout, values: readonly T[]): T[] {
  const total = layout.digits.reduce((product, digit) => product * digit.size, 1);
  return Array.from({ length: total }, (_, index) => {
    let from = 0;
    for (const { size, inputStride } of layout.digits.toReversed()) {
      from += (index % size) * inputStride;
      index = Math.floor(index / size);
    }
    return values[from];
  });
}
