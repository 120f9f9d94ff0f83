import type { Size } from "../plan/geometry.ts";
import { fused } from "../plan/tables/fused.ts";
import type { Axes } from "../plan/tables/placement_taps.ts";
import { type FloatTaps, roundedTaps } from "../plan/tables/float_taps.ts";
import type { Raster } from "./raster.ts";

/** A raster of RGB floats, of the scale of bytes. */
export interface FloatRaster extends Size {
  /** `[height, width, 3]`. */
  data: Float32Array;
}

/** The values that a pass reads, and those that it writes: a clamped array rounds as it is written. */
type Source = Float32Array | Uint8Array;
type Target = Float32Array | Uint8ClampedArray;

const { fround } = Math;

/**
 * Resamples both axes in f32, without rounding to bytes between the passes. The taps say which products are
 * fused with their sums.
 * Source: torch `aten/src/ATen/native/cuda/UpSampleBilinear2d.cu`, `upsample_gen2d_aa_out_frame`;
 * `aten/src/ATen/native/cpu/UpSampleKernel.cpp`, `interpolate_aa_single_dim`.
 */
export function resampleFloats(
  source: Raster | FloatRaster,
  taps: Axes<FloatTaps>,
  order: string,
): FloatRaster {
  const data = new Float32Array(taps.x.length * taps.y.length * 3);
  writeResampled(source, taps, order, data);
  return { width: taps.x.length, height: taps.y.length, data };
}

/**
 * Resamples both axes in f32, and rounds the result to the nearest bytes, halves to even, within 0 to 255.
 * Source: torchvision `transforms/v2/functional/_geometry.py`, `resize_image`, where a tensor of bytes
 * becomes floats and bytes again.
 */
export function resampleFloatsToBytes(source: Raster, taps: Axes<FloatTaps>, order: string): Raster {
  const data = new Uint8ClampedArray(taps.x.length * taps.y.length * 3);
  writeResampled(source, taps, order, data);
  return { width: taps.x.length, height: taps.y.length, data: new Uint8Array(data.buffer) };
}

/** Writes what both passes make; the first one's floats are not rounded. */
function writeResampled(
  { width, height, data }: Raster | FloatRaster,
  { x, y }: Axes<FloatTaps>,
  order: string,
  out: Target,
): void {
  if (order === "horizontal-first") {
    const between = new Float32Array(x.length * height * 3);
    writeHorizontal(data, width, x, between);
    writeVertical(between, x.length, y, out);
  } else {
    const between = new Float32Array(width * y.length * 3);
    writeVertical(data, width, y, between);
    writeHorizontal(between, width, x, out);
  }
}

/** Resamples each line, of `width` pixels, to `taps.length` pixels: the horizontal pass. */
function writeHorizontal(data: Source, width: number, taps: FloatTaps, out: Target): void {
  const { length, first, count, weights } = taps;
  for (let line = 0, at = 0; at < out.length; line += width * 3) {
    for (let x = 0; x < length; x++, at += 3) {
      const start = x * taps.width, end = start + count[x], tail = start + roundedTaps(taps, count[x]);
      let from = line + first[x] * 3;
      let red = fround(weights[start] * data[from]);
      let green = fround(weights[start] * data[from + 1]);
      let blue = fround(weights[start] * data[from + 2]);
      for (let k = start + 1; k < tail; k++) {
        const weight = weights[k];
        from += 3;
        red = fround(red + fround(weight * data[from]));
        green = fround(green + fround(weight * data[from + 1]));
        blue = fround(blue + fround(weight * data[from + 2]));
      }
      for (let k = tail; k < end; k++) {
        const weight = weights[k];
        from += 3;
        red = fused(weight, data[from], red);
        green = fused(weight, data[from + 1], green);
        blue = fused(weight, data[from + 2], blue);
      }
      out[at] = red;
      out[at + 1] = green;
      out[at + 2] = blue;
    }
  }
}

/** Resamples each column, of lines of `width` pixels, to `taps.length`: the vertical pass. It adds lines. */
function writeVertical(data: Source, width: number, taps: FloatTaps, out: Target): void {
  const { length, first, count, weights } = taps, stride = width * 3;
  const sums = new Float32Array(stride);
  for (let y = 0; y < length; y++) {
    const start = y * taps.width, tail = roundedTaps(taps, count[y]);
    let line = first[y] * stride;
    for (let i = 0; i < stride; i++) sums[i] = weights[start] * data[line + i];
    for (let k = 1; k < count[y]; k++) {
      const weight = weights[start + k];
      line += stride;
      if (k < tail) { for (let i = 0; i < stride; i++) sums[i] += fround(weight * data[line + i]); }
      else for (let i = 0; i < stride; i++) sums[i] = fused(weight, data[line + i], sums[i]);
    }
    for (let i = 0; i < stride; i++) out[y * stride + i] = sums[i];
  }
}
