import type { Size } from "../plan/geometry.ts";
import { fused } from "../plan/tables/fused.ts";
import type { Axes } from "../plan/tables/placement_taps.ts";
import type { FloatTaps } from "../plan/tables/float_taps.ts";
import type { Raster } from "./raster.ts";

/** A raster of RGB floats, of the scale of bytes. */
export interface FloatRaster extends Size {
  /** `[height, width, 3]`. */
  data: Float32Array;
}

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
  return order === "horizontal-first"
    ? floatVertical(floatHorizontal(source, taps.x), taps.y)
    : floatHorizontal(floatVertical(source, taps.y), taps.x);
}

/**
 * Rounds floats to the nearest bytes, halves to even, within 0 to 255.
 * Source: torchvision `transforms/v2/functional/_geometry.py`, `resize_image`, where a tensor of bytes
 * becomes floats and bytes again.
 */
export function roundedRaster({ width, height, data }: FloatRaster): Raster {
  return { width, height, data: new Uint8Array(new Uint8ClampedArray(data).buffer) };
}

/** Resamples each line to `taps.length` pixels: the horizontal pass. */
function floatHorizontal({ width, height, data }: Raster | FloatRaster, taps: FloatTaps): FloatRaster {
  const out = new Float32Array(taps.length * height * 3);
  for (let y = 0; y < height; y++) {
    const own = out.subarray(y * taps.length * 3, (y + 1) * taps.length * 3);
    writeSums(data.subarray(y * width * 3, (y + 1) * width * 3), 3, taps, own);
  }
  return { width: taps.length, height, data: out };
}

/** Resamples each column to `taps.length` pixels: the vertical pass. */
function floatVertical({ width, data }: Raster | FloatRaster, taps: FloatTaps): FloatRaster {
  const out = new Float32Array(taps.length * width * 3);
  writeSums(data, width * 3, taps, out);
  return { width, height: taps.length, data: out };
}

/**
 * Writes the sums of an axis's taps. The axis has `lanes` values at each of its positions: the channels of a
 * pixel, or all values of a line.
 */
function writeSums(source: Uint8Array | Float32Array, lanes: number, taps: FloatTaps, out: Float32Array) {
  const { length, width, first, count, weights, unrolled } = taps;
  for (let i = 0, to = 0; i < length; i++) {
    const own = weights.subarray(i * width, i * width + count[i]);
    const fusedFrom = unrolled === 0 ? 1 : 1 + Math.floor((count[i] - 1) / unrolled) * unrolled;
    for (let lane = 0; lane < lanes; lane++, to++) {
      let from = first[i] * lanes + lane;
      let sum = fround(own[0] * source[from]);
      for (let k = 1; k < own.length; k++) {
        from += lanes;
        const value = source[from];
        sum = k < fusedFrom ? fround(sum + fround(own[k] * value)) : fused(own[k], value, sum);
      }
      out[to] = sum;
    }
  }
}
