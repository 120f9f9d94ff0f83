import type { Taps } from "./taps.ts";

/** Taps whose weights are f32, and which weigh floats. */
export interface FloatTaps extends Taps<Float32Array> {
  /**
   * The length of the groups of products, after the first product, that are rounded by themselves before they
   * are added: as many whole groups as the taps fill. Each product that is left is fused with its sum, which
   * is rounded once. 0: all of them are. A compiler that unrolls the loop over taps makes such groups.
   */
  unrolled: number;
}

/** Returns one tap of weight 1 an output pixel, at the source pixel that `first` gives. */
export function singleTaps(first: Int32Array): FloatTaps {
  const { length } = first;
  const count = new Int32Array(length).fill(1), weights = new Float32Array(length).fill(1);
  return { length, width: 1, first, count, weights, unrolled: 0 };
}

/** Returns taps of `length` output pixels, with room for `width` weights each, that weigh nothing yet. */
export function emptyTaps(length: number, width: number, unrolled = 0): FloatTaps {
  const first = new Int32Array(length), count = new Int32Array(length);
  return { length, width, first, count, weights: new Float32Array(length * width), unrolled };
}

/** Divides an output pixel's weights by their sum `total`, in f32. A sum of 0 leaves them as they are. */
export function divideBy(weights: Float32Array, total: number): void {
  if (total === 0) return;
  for (let k = 0; k < weights.length; k++) weights[k] /= total;
}

/** Returns how many of `count` products, the first ones, are rounded before they are added. */
export function roundedTaps({ unrolled }: FloatTaps, count: number): number {
  return unrolled === 0 ? 1 : count - (count - 1) % unrolled;
}
