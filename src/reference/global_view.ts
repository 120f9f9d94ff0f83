import type { Size } from "../plan/geometry.ts";
import type { Raster } from "./raster.ts";

/** The weights of the four samples of an even scale: bicubic at the middle between two pixels, a = −0.75. */
const WEIGHTS = [-3 / 32, 19 / 32, 19 / 32, -3 / 32];

/**
 * Returns the bicubic global view `[3, height, width]` of a normalised canvas: a = −0.75, no antialias, by
 * whole-number scales. `table` `[3, 256]` gives the value of each byte of the canvas.
 *
 *     scale 3, odd      │ · ● · │         one sample an axis: the middle pixel has the whole weight
 *     scale 2, even   ● │ ●   ● │ ●       four samples an axis, around the middle
 *     scale 4, even     │ ● ● ● ● │
 *
 * Each product and each sum is rounded to f32, as torch does without FMA.
 * Source: torch `aten/src/ATen/native/cpu/UpSampleKernel.cpp`, `upsample_bicubic2d`.
 */
export function globalView(canvas: Raster, table: Float32Array, size: Size): Float32Array {
  const columns = axisSamples(canvas.width, size.width);
  const lines = axisSamples(canvas.height, size.height);
  const out = new Float32Array(3 * size.width * size.height);
  for (let channel = 0, at = 0; channel < 3; channel++) {
    const values = table.subarray(channel * 256, channel * 256 + 256);
    for (const ys of lines) {
      for (const xs of columns) out[at++] = weighted(values, canvas, channel, xs, ys);
    }
  }
  return out;
}

/** Returns one element: the weighted sum down of the weighted sums across. */
function weighted(values: Float32Array, canvas: Raster, channel: number, xs: number[], ys: number[]): number {
  if (ys.length === 1) return across(values, canvas, channel, xs, ys[0]);
  let sum = Math.fround(across(values, canvas, channel, xs, ys[0]) * WEIGHTS[0]);
  for (let k = 1; k < 4; k++) {
    const product = Math.fround(across(values, canvas, channel, xs, ys[k]) * WEIGHTS[k]);
    sum = Math.fround(sum + product);
  }
  return sum;
}

/** Returns one sample of a line as it is, or the weighted sum of four, every step rounded to f32. */
function across(values: Float32Array, canvas: Raster, channel: number, xs: number[], y: number): number {
  const { width, data } = canvas;
  const line = y * width * 3 + channel;
  if (xs.length === 1) return values[data[line + xs[0] * 3]];
  let sum = Math.fround(values[data[line + xs[0] * 3]] * WEIGHTS[0]);
  for (let k = 1; k < 4; k++) {
    sum = Math.fround(sum + Math.fround(values[data[line + xs[k] * 3]] * WEIGHTS[k]));
  }
  return sum;
}

/**
 * Returns the source indices, one or four, that each of the `to` pixels of an axis is made of, out of `from`.
 * An index off the axis becomes the nearest one on it.
 */
function axisSamples(from: number, to: number): number[][] {
  const scale = from / to;
  const clamp = (i: number) => Math.min(from - 1, Math.max(0, i));
  return Array.from({ length: to }, (_, i) => {
    if (scale % 2 === 1) return [scale * i + (scale - 1) / 2];
    const start = scale * i + scale / 2 - 2;
    return [0, 1, 2, 3].map((k) => clamp(start + k));
  });
}
