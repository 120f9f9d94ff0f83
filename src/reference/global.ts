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
    const sample = (x: number, y: number) => values[canvas.data[(y * canvas.width + x) * 3 + channel]];
    for (const ys of rows) {
      for (const xs of columns) out[at++] = weigh(ys.map((y) => weigh(xs.map((x) => sample(x, y)))));
    }
  }
  return out;
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

/** One sample as it is; four weighted, every step rounded to f32. */
function weigh(samples: number[]): number {
  if (samples.length === 1) return samples[0];
  return samples.reduce((sum, sample, k) => {
    const product = Math.fround(sample * WEIGHTS[k]);
    return k === 0 ? product : Math.fround(sum + product);
  }, 0);
}
