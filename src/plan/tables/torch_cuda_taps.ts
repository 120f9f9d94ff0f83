import { VitrailError } from "../../errors.ts";
import { FILTERS_OF } from "./resampler.ts";
import type { Filter } from "./filters.ts";
import { divideBy, emptyTaps, type FloatTaps, singleTaps } from "./float_taps.ts";
import { fused } from "./fused.ts";
import { isIdentity, ownPixels, type TapsRequest } from "./taps.ts";

/** The curve of a filter that convolves, in f32. */
interface FloatConvolution {
  /** The radius, in source pixels at scale 1. */
  support: number;
  /** Returns the weight of a source pixel that lies `x` from the centre, before normalising. */
  at(x: number): number;
}

const { fround } = Math;

/** The curves of the filters that convolve. */
const CURVES: Partial<Record<Filter, FloatConvolution>> = {
  bilinear: { support: 1, at: (x) => Math.max(0, fround(1 - Math.abs(x))) },
  bicubic: { support: 2, at: bicubic },
};

function bicubic(x: number): number {
  const a = -0.5;
  const distance = Math.abs(x);
  if (distance < 1) {
    const slope = fused(a + 2, distance, -(a + 3));
    return fused(fround(slope * distance), distance, 1);
  }
  if (distance >= 2) return 0;
  const slope = fused(fround(distance - 5), distance, 8);
  return fround(fused(slope, distance, -4) * a);
}

/**
 * Returns the taps of one axis as torch computes them on a GPU: antialiased, without aligned corners, in
 * f32. A product and the sum that it is a term of are fused, as NVIDIA's compiler does, and so are those of
 * pixels.
 * Nearest takes the pixel under the centre (`nearest-exact`).
 * Source: torch `aten/src/ATen/native/cuda/UpSample.cuh`, `area_pixel_compute_scale`,
 * `_compute_weights_span`, `_compute_weights`, `nearest_neighbor_exact_compute_source_index`.
 * @throws {VitrailError} `recipe` for a filter that torch does not have.
 */
export function torchCudaTapsOf(request: TapsRequest): FloatTaps {
  const { filter, length } = request;
  if (isIdentity(request)) return singleTaps(ownPixels(length));
  if (filter === "nearest") return singleTaps(nearestExact(request));
  const convolution = CURVES[filter];
  if (convolution) return convolutionTaps(request, convolution);
  throw new VitrailError(
    "recipe",
    `torch resizes by ${
      FILTERS_OF["torch-cuda"].join(", ")
    }, found "${filter}"; take one of these, or resampler pillow`,
  );
}

/** Returns the taps of a filter that convolves. */
function convolutionTaps(request: TapsRequest, convolution: FloatConvolution): FloatTaps {
  const { size, from, length } = request, scale = scaleOf(request);
  const support = fround(convolution.support * Math.max(scale, 1));
  const inverse = scale >= 1 ? fround(1 / scale) : 1;
  const width = Math.ceil(support) * 2 + 1;
  const taps = emptyTaps(length, width);
  for (let i = 0; i < length; i++) {
    const center = from + scale * (i + 0.5); // a term of the sums below, fused with each
    const first = Math.max(0, Math.trunc(fround(fround(center - support) + 0.5)));
    const end = Math.min(size, Math.trunc(fround(fround(center + support) + 0.5)));
    const count = Math.min(width, end - first); // rounding may give one more than fit
    const offset = fround(first - center);
    const weights = taps.weights.subarray(i * width, i * width + count);
    let sum = 0;
    for (let k = 0; k < count; k++) {
      weights[k] = convolution.at(fround(fround(fround(k + offset) + 0.5) * inverse));
      sum = fround(sum + weights[k]);
    }
    divideBy(weights, sum);
    taps.first[i] = first;
    taps.count[i] = count;
  }
  return taps;
}

/** Returns the source pixels that an output pixel covers, in f32. */
function scaleOf({ from, to, length }: TapsRequest): number {
  return fround((to - from) / length);
}

/** Returns the source pixel under the centre of each output pixel, as `nearest-exact` takes it. */
export function nearestExact(request: TapsRequest): Int32Array {
  const { size, from, length } = request, scale = scaleOf(request);
  return ownPixels(length).map((i) => {
    const center = fround(from + fround(scale * (i + 0.5)));
    return Math.min(size - 1, Math.floor(center));
  });
}
