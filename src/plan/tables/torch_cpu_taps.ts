import { VitrailError } from "../../errors.ts";
import { CONVOLUTIONS } from "./filters.ts";
import { FILTERS_OF } from "./resampler.ts";
import {
  exactTaps,
  identityTaps,
  inFixedPoint,
  isIdentity,
  type Taps,
  type TapsRequest,
  WEIGHT_BITS,
} from "./taps.ts";
import { nearestExact } from "./torch_cuda_taps.ts";

/** The bits that a weight has, its sign included. */
const BITS = 16;

/**
 * Returns the taps of one axis as torch computes them for bytes on a CPU with AVX2 or AVX-512, antialiased.
 * The weights are Pillow's before rounding. All of an axis are then rounded to one precision, the most for
 * which the largest fits 16 bits.
 *
 * A sum of products at precision `p` starts at half a unit and is shifted right by `p`. Here the weights are
 * shifted left to `WEIGHT_BITS`. That multiplies the sum and its half by one power of two, so the same passes
 * give torch's bytes.
 *
 * Source: torch `aten/src/ATen/native/cpu/UpSampleKernel.cpp`, `_compute_index_ranges_int16_weights`;
 * `UpSampleKernelAVXAntialias.h`.
 * @throws {VitrailError} `recipe` for a filter that torch does not have.
 */
export function torchCpuTapsOf(request: TapsRequest): Taps {
  const { filter, length } = request;
  if (isIdentity(request)) return identityTaps(length);
  if (filter === "nearest") return { ...identityTaps(length), first: nearestExact(request) };
  const filters = FILTERS_OF["torch-cpu"];
  if (!filters.includes(filter)) {
    throw new VitrailError(
      "recipe",
      `torch resizes by ${filters.join(", ")}, found "${filter}"; take one of these, or resampler pillow`,
    );
  }
  const { weights: exact, ...taps } = exactTaps(request, CONVOLUTIONS[filter]);
  const precision = precisionOf(exact), shift = WEIGHT_BITS - precision;
  const weights = inFixedPoint(exact, precision);
  for (let i = 0; i < weights.length; i++) weights[i] <<= shift;
  return { ...taps, weights };
}

/** Returns the most bits after the point, up to 22, for which the largest weight fits 16 bits. */
function precisionOf(weights: Float64Array): number {
  let largest = 0, precision = 0;
  for (let i = 0; i < weights.length; i++) largest = Math.max(largest, weights[i]);
  while (precision < WEIGHT_BITS && Math.trunc(0.5 + largest * 2 ** (precision + 1)) < 1 << (BITS - 1)) {
    precision++;
  }
  return precision;
}
