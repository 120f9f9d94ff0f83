import { CONVOLUTIONS, type Filter } from "./filters.ts";

/** Bits after the point in a tap's weight: a weight of 1 is `1 << WEIGHT_BITS`. */
export const WEIGHT_BITS = 22;

/**
 * One axis of a resampling: which source pixels make each output pixel, and with which weights. Pillow's weights are fixed point,
 * torch's are f32.
 */
export interface Taps<Weights extends Int32Array | Float32Array = Int32Array> {
  /** Output pixels. */
  length: number;
  /** Weights a pixel has room for. */
  width: number;
  /** `[length]`: each output pixel's first source pixel. */
  first: Int32Array;
  /** `[length]`: how many source pixels each output pixel weighs. */
  count: Int32Array;
  /** `[length, width]`: 22-bit fixed point as i32, or f32; zero past the count. */
  weights: Weights;
}

/** What decides an axis's taps: `length` output pixels from `from`..`to` of `size` source pixels. */
export interface TapsRequest {
  filter: Filter;
  size: number;
  from: number;
  to: number;
  length: number;
}

/**
 * The taps of one axis, exactly as Pillow computes them: the box in f32, the rest in f64, normalised to sum 1, then rounded half
 * away from zero to 22-bit fixed point.
 * Source: Pillow `src/libImaging/Resample.c`, `precompute_coeffs` and `normalize_coeffs_8bpc`; for nearest,
 * `src/libImaging/Geometry.c`, `ImagingScaleAffine`.
 */
export function tapsOf(asked: TapsRequest): Taps {
  const request = { ...asked, from: Math.fround(asked.from), to: Math.fround(asked.to) };
  if (isIdentity(request)) return identityTaps(request.length);
  return request.filter === "nearest" ? nearestTaps(request) : convolutionTaps(request, request.filter);
}

/** Whether an axis stays as it is: Pillow then skips the pass. */
export function isIdentity({ size, from, to, length }: TapsRequest): boolean {
  return from === 0 && to === size && length === size;
}

function identityTaps(length: number): Taps {
  const first = Int32Array.from({ length }, (_, i) => i);
  const weights = new Int32Array(length).fill(1 << WEIGHT_BITS);
  return { length, width: 1, first, count: new Int32Array(length).fill(1), weights };
}

/** One tap of weight 1 at Pillow's running sum of the scale. */
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

function convolutionTaps({ size, from, to, length }: TapsRequest, filter: Exclude<Filter, "nearest">): Taps {
  const kernel = CONVOLUTIONS[filter];
  const scale = Math.fround(to - from) / length;
  const stretch = Math.max(scale, 1);
  const support = kernel.support * stretch;
  const width = Math.ceil(support) * 2 + 1;
  const inverse = 1 / stretch;
  const first = new Int32Array(length), count = new Int32Array(length);
  const weights = new Int32Array(length * width);
  const row = new Float64Array(width);
  for (let i = 0; i < length; i++) {
    const center = from + (i + 0.5) * scale;
    const lo = Math.max(0, Math.trunc(center - support + 0.5));
    const hi = Math.min(size, Math.trunc(center + support + 0.5));
    let sum = 0;
    for (let k = 0; k < hi - lo; k++) sum += row[k] = kernel.at((k + lo - center + 0.5) * inverse);
    for (let k = 0; k < hi - lo; k++) weights[i * width + k] = fixedPoint(sum === 0 ? row[k] : row[k] / sum);
    first[i] = lo;
    count[i] = hi - lo;
  }
  return { length, width, first, count, weights };
}

/** A weight in fixed point, rounded half away from zero as C's cast does it. */
function fixedPoint(weight: number): number {
  return Math.trunc(weight * (1 << WEIGHT_BITS) + (weight < 0 ? -0.5 : 0.5));
}
