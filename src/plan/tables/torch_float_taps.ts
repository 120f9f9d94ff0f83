import { VitrailError } from "../../errors.ts";
import type { Filter } from "./filters.ts";
import { divideBy, emptyTaps, type FloatTaps, singleTaps } from "./float_taps.ts";
import { fused } from "./fused.ts";
import { isIdentity, ownPixels, type TapsRequest } from "./taps.ts";

const { fround } = Math;

/** The products that torch's compiler rounds by themselves at once. */
const UNROLLED = 4;

/** A filter's radius at scale 1, and the weight of a pixel that lies `x` from the centre, an f32. */
interface Curve {
  radius: number;
  at(x: number): number;
}

const CURVES: Partial<Record<Filter, Curve>> = {
  bilinear: { radius: 1, at: (x) => Math.max(0, fround(1 - Math.abs(x))) },
  bicubic: { radius: 2, at: bicubic },
};

/** The filters that torch has for floats on a CPU, as far as they are known. */
export const FLOAT_FILTERS = Object.keys(CURVES) as Filter[];

/** The near part is computed in f64, and the far one in f32, where products and sums are fused. */
function bicubic(x: number): number {
  const a = -0.5;
  const distance = Math.abs(x);
  if (distance < 1) return fround(((a + 2) * distance - (a + 3)) * distance * distance + 1);
  if (distance >= 2) return 0;
  const slope = fused(fround(distance - 5), distance, 8);
  return fround(fused(slope, distance, -4) * a);
}

/**
 * Returns the taps of one axis as torch computes them for floats on a CPU, antialiased, in f32. A position is
 * computed in f64 and rounded once.
 * Source: torch `aten/src/ATen/native/cpu/UpSampleKernel.cpp`, `_compute_indices_min_size_weights_aa`,
 * `interpolate_aa_single_dim`.
 * @throws {VitrailError} `recipe` for a filter other than `FLOAT_FILTERS`.
 */
export function torchFloatTapsOf(request: TapsRequest): FloatTaps {
  const { filter, size, from, to, length } = request, curve = CURVES[filter];
  if (!curve) {
    const message = `floats are resized by ${FLOAT_FILTERS.join(" or ")} on a CPU, found "${filter}"`;
    throw new VitrailError("recipe", message);
  }
  if (isIdentity(request)) return singleTaps(ownPixels(length));
  const scale = fround((to - from) / length), stretch = Math.max(scale, 1);
  const support = fround(curve.radius * stretch), inverse = fround(1 / stretch);
  const width = Math.ceil(support) * 2 + 1;
  const taps = emptyTaps(length, width, UNROLLED);
  for (let i = 0; i < length; i++) {
    const center = fround(from + scale * (i + 0.5));
    const first = Math.max(0, Math.trunc(fround(center - support) + 0.5));
    const end = Math.min(size, Math.trunc(fround(center + support) + 0.5));
    const count = Math.min(width, end - first);
    const weights = taps.weights.subarray(i * width, i * width + count);
    let sum = 0;
    for (let k = 0; k < count; k++) {
      weights[k] = curve.at(fround((fround(k + first - center) + 0.5) * inverse));
      sum = fround(sum + weights[k]);
    }
    divideBy(weights, sum);
    taps.first[i] = first;
    taps.count[i] = count;
  }
  return taps;
}
