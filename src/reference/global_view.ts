import type { Size } from "../plan/geometry.ts";
import type { Raster } from "./raster.ts";

const WEIGHTS = [-3 / 32, 19 / 32, 19 / 32, -3 / 32];

/**
 * The bicubic global view `[3, height, width]` of a normalised canvas, a = −0.75, no antialias, for whole-number scales.
 * An odd scale picks one sample; an even one weighs four an axis, each product and sum rounded to f32, as torch does
 * without FMA. Source: torch `aten/src/ATen/native/cpu/UpSampleKernel.cpp`, `upsample_bicubic2d`.
 */
export function globalView(canvas: Raster, table: Float32Array, size: Size): Float32Array {
  const columns = axisSamples(canvas.width, size.width);
  const rows = axisSamples(canvas.height, size.height);
  const out = new Float32Array(3 * size.width * size.height);
  for (let channel = 0, at = 0; channel < 3; channel++) {
    const values = table.subarray(channel * 256, channel * 256 + 256);
    for (const ys of rows) {
      for (const xs of columns) out[at++] = weighted(values, canvas, channel, xs, ys);
    }
  }
  return out;
}

/** One element: the sum down of sums across. */
function weighted(values: Float32Array, canvas: Raster, channel: number, xs: number[], ys: number[]): number {
  if (ys.length === 1) return across(values, canvas, channel, xs, ys[0]);
  let sum = Math.fround(across(values, canvas, channel, xs, ys[0]) * WEIGHTS[0]);
  for (let k = 1; k < 4; k++) {
    const product = Math.fround(across(values, canvas, channel, xs, ys[k]) * WEIGHTS[k]);
    sum = Math.fround(sum + product);
  }
  return sum;
}

/** One sample of a row as it is, or four weighted, every step rounded to f32. */
function across(values: Float32Array, canvas: Raster, channel: number, xs: number[], y: number): number {
  const { width, data } = canvas;
  const row = y * width * 3 + channel;
  if (xs.length === 1) return values[data[row + xs[0] * 3]];
  let sum = Math.fround(values[data[row + xs[0] * 3]] * WEIGHTS[0]);
  for (let k = 1; k < 4; k++) {
    sum = Math.fround(sum + Math.fround(values[data[row + xs[k] * 3]] * WEIGHTS[k]));
  }
  return sum;
}

/** The source indices, one or four, of each of `to` samples of an axis of `from`. */
function axisSamples(from: number, to: number): number[][] {
  const scale = from / to;
  const clamp = (i: number) => Math.min(from - 1, Math.max(0, i));
  return Array.from({ length: to }, (_, i) => {
    if (scale % 2 === 1) return [scale * i + (scale - 1) / 2];
    const start = scale * i + scale / 2 - 2;
    return [0, 1, 2, 3].map((k) => clamp(start + k));
  });
}
