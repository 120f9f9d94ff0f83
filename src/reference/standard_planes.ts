import { type Standard, standardTable } from "../plan/tables/standard.ts";
import { type FloatTaps, roundedTaps } from "../plan/tables/float_taps.ts";
import { fused } from "../plan/tables/fused.ts";
import { placementFloatTaps } from "../plan/tables/placement_taps.ts";
import type { Placement } from "../plan/view.ts";
import type { Raster } from "./raster.ts";

const { fround } = Math;

/**
 * Returns a picture's values `[3, height, width]`: its bytes become values by its own mean and deviation, and
 * these are resampled, horizontally first.
 * Source: transformers `models/pix2struct/image_processing_pil_pix2struct.py`, `normalize`,
 * `extract_flattened_patches`; torch `aten/src/ATen/native/cpu/UpSampleKernel.cpp`,
 * `interpolate_aa_single_dim`.
 */
export function standardPlanes(source: Raster, placement: Placement, standard: Standard): Float32Array {
  const { data, width, height } = source, { content } = placement;
  const table = standardTable(standard, {
    count: data.length,
    sum: (values) => standard.sums === "numpy" ? pairwiseSum(data, values) : cascadeSum(data, values),
    occurrences: () => occurrencesOf(data),
  });
  const { x, y } = placementFloatTaps(placement, source);
  const planes = new Float32Array(3 * content.height * content.width);
  for (let channel = 0; channel < 3; channel++) {
    const plane = new Float32Array(width * height);
    for (let i = 0; i < plane.length; i++) plane[i] = table[data[i * 3 + channel]];
    const lines = weighed(plane, height, width, x, 1); // [height, content.width]
    const own = weighed(lines, content.width, 1, y, content.width);
    for (let column = 0, at = 0; column < content.width; column++) {
      const start = channel * content.height * content.width + column;
      for (let line = 0; line < content.height; line++) planes[start + line * content.width] = own[at++];
    }
  }
  return planes;
}

/**
 * Weighs samples along one axis.
 * @param outer how many rows of samples there are, `outerStep` apart; a row's samples are `step` apart
 * @returns `[outer, taps.length]`
 */
function weighed(
  samples: Float32Array,
  outer: number,
  outerStep: number,
  taps: FloatTaps,
  step: number,
): Float32Array {
  const out = new Float32Array(outer * taps.length);
  for (let row = 0, to = 0; row < outer; row++) {
    for (let i = 0; i < taps.length; i++) {
      let from = row * outerStep + taps.first[i] * step;
      const start = i * taps.width;
      const end = start + taps.count[i], tail = start + roundedTaps(taps, taps.count[i]);
      let sum = fround(samples[from] * taps.weights[start]);
      for (let k = start + 1; k < tail; k++) {
        sum = fround(sum + fround(samples[from += step] * taps.weights[k]));
      }
      for (let k = tail; k < end; k++) sum = fused(samples[from += step], taps.weights[k], sum);
      out[to++] = sum;
    }
  }
  return out;
}

/** Adds each byte's value as numpy does: halves of a range by themselves, down to blocks of 128. */
export function pairwiseSum(bytes: Uint8Array, values: Float32Array): number {
  const { length } = bytes;
  if (length <= 128) return blockSum(bytes, values);
  const half = (length >> 1) - (length >> 1) % 8;
  return fround(pairwiseSum(bytes.subarray(0, half), values) + pairwiseSum(bytes.subarray(half), values));
}

/** Adds a block: eight sums side by side, where it has as many. */
function blockSum(bytes: Uint8Array, values: Float32Array): number {
  const whole = bytes.length - bytes.length % 8, lanes = new Float32Array(8);
  for (let i = 0; i < whole; i++) lanes[i % 8] += values[bytes[i]];
  const [a, b, c, d, e, f, g, h] = lanes;
  let sum = fround(fround(fround(a + b) + fround(c + d)) + fround(fround(e + f) + fround(g + h)));
  for (let i = whole; i < bytes.length; i++) sum = fround(sum + values[bytes[i]]);
  return sum;
}

/** Adds each byte's value as torch does: in 4 vectors of 8, whose sums go up through four levels. */
export function cascadeSum(bytes: Uint8Array, values: Float32Array): number {
  const vectors = Math.floor(bytes.length / 8), rows = Math.floor(vectors / 4);
  const power = Math.max(4, Math.floor(Math.ceil(Math.log2(Math.max(2, rows))) / 4));
  const levels = Array.from({ length: 4 }, () => new Float32Array(32));
  for (let row = 0; row < rows;) {
    for (let lane = 0; lane < 32; lane++) levels[0][lane] += values[bytes[row * 32 + lane]];
    row++;
    for (let level = 1; level < 4 && row % 2 ** (power * level) === 0; level++) {
      for (let lane = 0; lane < 32; lane++) levels[level][lane] += levels[level - 1][lane];
      levels[level - 1].fill(0);
    }
  }
  const [lanes, ...upper] = levels;
  for (const level of upper) for (let lane = 0; lane < 32; lane++) lanes[lane] += level[lane];
  for (let i = rows * 32; i < vectors * 8; i++) lanes[i % 8] += values[bytes[i]];
  for (let lane = 8; lane < 32; lane++) lanes[lane % 8] += lanes[lane];
  let sum = 0;
  for (let i = vectors * 8; i < bytes.length; i++) sum = fround(sum + values[bytes[i]]);
  for (let lane = 0; lane < 8; lane++) sum = fround(sum + lanes[lane]);
  return sum;
}

function occurrencesOf(bytes: Uint8Array): Uint32Array {
  const occurrences = new Uint32Array(256);
  for (const byte of bytes) occurrences[byte]++;
  return occurrences;
}
