import type { Size } from "../plan/geometry.ts";
import { fused } from "../plan/tables/fused.ts";
import type { Raster } from "./raster.ts";

/**
 * The weights of the outer and the inner two samples of an even scale: bicubic at the middle between two
 * pixels, a = −0.75.
 */
const WEIGHTS = [-3 / 32, 19 / 32] as const;

/**
 * Returns the bicubic global view `[3, height, width]` of a normalised canvas: a = −0.75, no antialias, by
 * whole-number scales. `table` `[3, 256]` gives the value of each byte of the canvas.
 *
 *     scale 3, odd      │ · ● · │         one sample an axis: the middle pixel has the whole weight
 *     scale 2, even   ● │ ●   ● │ ●       four samples an axis, around the middle
 *     scale 4, even     │ ● ● ● ● │
 *
 * Each product and each sum is rounded to f32, as torch does without FMA. Where `fuse`, the second product
 * is rounded, and the first, the third and the fourth are added to it by one rounding each, as torch does
 * with FMA.
 * Source: torch `aten/src/ATen/native/cpu/UpSampleKernel.cpp`, `upsample_bicubic2d`.
 */
export function globalView(canvas: Raster, table: Float32Array, size: Size, fuse = false): Float32Array {
  const columns = axisSamples(canvas.width, size.width);
  const lines = axisSamples(canvas.height, size.height);
  const out = new Float32Array(3 * size.width * size.height);
  const weigh = fuse ? fusedWeighed : weighed;
  for (let channel = 0, at = 0; channel < 3; channel++) {
    const values = table.subarray(channel * 256, channel * 256 + 256);
    for (const ys of lines) {
      for (const xs of columns) out[at++] = element(values, canvas, channel, xs, ys, weigh);
    }
  }
  return out;
}

/** Returns four samples weighed, each product and each sum rounded. */
function weighed(a: number, b: number, c: number, d: number): number {
  const { fround } = Math, [outer, inner] = WEIGHTS;
  const first = fround(fround(a * outer) + fround(b * inner));
  return fround(fround(first + fround(c * inner)) + fround(d * outer));
}

/** Returns four samples weighed, each product but the second added before it is rounded. */
function fusedWeighed(a: number, b: number, c: number, d: number): number {
  const [outer, inner] = WEIGHTS;
  return fused(d, outer, fused(c, inner, fused(a, outer, Math.fround(b * inner))));
}

/** Returns one element: lines weighed down, each weighed across. */
function element(
  values: Float32Array,
  canvas: Raster,
  channel: number,
  xs: number[],
  ys: number[],
  weigh: typeof weighed,
): number {
  const { width, data } = canvas;
  const across = (y: number) => {
    const [a, b, c, d] = xs.map((x) => values[data[(y * width + x) * 3 + channel]]);
    return xs.length === 1 ? a : weigh(a, b, c, d);
  };
  const [a, b, c, d] = ys.map(across);
  return ys.length === 1 ? a : weigh(a, b, c, d);
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
