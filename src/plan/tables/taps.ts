import { type Convolution, CONVOLUTIONS, type Filter } from "./filters.ts";

/** The bits after the point in a tap's weight: a weight of 1 is `1 << WEIGHT_BITS`. */
export const WEIGHT_BITS = 22;

/**
 * One axis of a resampling: the source pixels that each output pixel weighs, and their weights. These are
 * fixed point where bytes go from pass to pass, and f32 where floats do. Bilinear from eight pixels to four,
 * for one:
 *
 *     source pixels   │ 0 │ 1 │ 2 │ 3 │ 4 │ 5 │ 6 │ 7 │
 *     output pixels   │   0   │   1   │   2   │   3   │
 *     window of 1         ├───────┼───────┤              centre 3, support 2: first 1, count 4
 */
export interface Taps<Weights extends Int32Array | Float32Array | Float64Array = Int32Array> {
  /** The number of output pixels. */
  length: number;
  /** The number of weights that an output pixel has room for. */
  width: number;
  /** `[length]`: the first source pixel of each output pixel. */
  first: Int32Array;
  /** `[length]`: the number of source pixels that each output pixel weighs. */
  count: Int32Array;
  /** `[length, width]`: 22-bit fixed point as i32, or floats; zero past the count. */
  weights: Weights;
}

/** All that decides an axis's taps. */
export interface TapsRequest {
  /** The filter. */
  filter: Filter;
  /** The number of source pixels. */
  size: number;
  /** The position in the source at which the output begins, in pixels; fractions are allowed. */
  from: number;
  /** The position in the source at which the output ends. */
  to: number;
  /** The number of output pixels. */
  length: number;
}

/**
 * Returns the taps of one axis, exactly as Pillow computes them. The box is in f32, all else in f64. Weights
 * are normalised to the sum 1, then rounded half away from zero to 22-bit fixed point.
 * Source: Pillow `src/libImaging/Resample.c`, `precompute_coeffs` and `normalize_coeffs_8bpc`; for nearest,
 * `src/libImaging/Geometry.c`, `ImagingScaleAffine`.
 */
export function tapsOf(asked: TapsRequest): Taps {
  const request = { ...asked, from: Math.fround(asked.from), to: Math.fround(asked.to) };
  if (isIdentity(request)) return identityTaps(request.length);
  if (request.filter === "nearest") return nearestTaps(request);
  const { weights, ...taps } = exactTaps(request, CONVOLUTIONS[request.filter]);
  return { ...taps, weights: inFixedPoint(weights, WEIGHT_BITS) };
}

/** Tells whether an axis stays as it is. Pillow then skips its pass. */
export function isIdentity({ size, from, to, length }: TapsRequest): boolean {
  return from === 0 && to === size && length === size;
}

/** Returns the taps of an axis that stays as it is: each pixel weighs itself alone. */
export function identityTaps(length: number): Taps {
  const weights = new Int32Array(length).fill(1 << WEIGHT_BITS);
  return { length, width: 1, first: ownPixels(length), count: new Int32Array(length).fill(1), weights };
}

/** Returns for each of `length` pixels its own index. */
export function ownPixels(length: number): Int32Array {
  const pixels = new Int32Array(length);
  for (let i = 0; i < length; i++) pixels[i] = i;
  return pixels;
}

/** Returns one tap of weight 1 a pixel. The position is summed up pixel by pixel, as Pillow does it. */
function nearestTaps({ size, from, to, length }: TapsRequest): Taps {
  const taps = identityTaps(length);
  const scale = Math.fround(to - from) / length;
  let position = from + scale * 0.5;
  for (let i = 0; i < length; i++) {
    taps.first[i] = Math.min(size - 1, Math.trunc(position));
    position += scale;
  }
  return taps;
}

/**
 * Returns the taps of a filter that convolves, before their weights are rounded: f64, with a sum of 1.
 */
export function exactTaps(
  { size, from, to, length }: TapsRequest,
  { support: radius, at }: Convolution,
): Taps<Float64Array> {
  const scale = Math.fround(to - from) / length;
  const stretch = Math.max(scale, 1);
  const support = radius * stretch;
  const width = Math.ceil(support) * 2 + 1;
  const inverse = 1 / stretch;
  const first = new Int32Array(length), count = new Int32Array(length);
  const weights = new Float64Array(length * width);
  for (let i = 0; i < length; i++) {
    const center = from + (i + 0.5) * scale;
    const lo = Math.max(0, Math.trunc(center - support + 0.5));
    const hi = Math.min(size, Math.trunc(center + support + 0.5));
    const own = weights.subarray(i * width, i * width + hi - lo);
    let sum = 0;
    for (let k = 0; k < own.length; k++) {
      own[k] = at((k + lo - center + 0.5) * inverse);
      sum += own[k];
    }
    const total = sum === 0 ? 1 : sum;
    for (let k = 0; k < own.length; k++) own[k] /= total;
    first[i] = lo;
    count[i] = hi - lo;
  }
  return { length, width, first, count, weights };
}

/**
 * Returns weights in fixed point with `bits` bits after the point, rounded half away from zero, as adding a
 * half and C's cast do. `Int32Array.from` with a function takes 40 times as long as this loop.
 */
export function inFixedPoint(weights: Float64Array, bits: number): Int32Array {
  const fixed = new Int32Array(weights.length), one = 2 ** bits;
  for (let i = 0; i < fixed.length; i++) {
    fixed[i] = Math.trunc(weights[i] * one + (weights[i] < 0 ? -0.5 : 0.5));
  }
  return fixed;
}
