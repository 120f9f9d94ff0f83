import type { Size } from "../plan/geometry.ts";
import type { Axes } from "../plan/tables/placement_taps.ts";
import type { FloatTaps } from "../plan/tables/torch_cuda_taps.ts";
import type { Raster } from "./raster.ts";

/** A raster of RGB floats, of the scale of bytes. */
export interface FloatRaster extends Size {
  /** `[height, width, 3]`. */
  data: Float32Array;
}

const { fround } = Math;

/**
 * Resamples both axes in f32, without rounding to bytes between the passes. Each product and each sum is
 * rounded to f32; none are fused.
 * Source: torch `aten/src/ATen/native/cuda/UpSampleBilinear2d.cu`, `upsample_gen2d_aa_out_frame`.
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
  const { length, first, count, weights } = taps;
  const out = new Float32Array(length * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < length; x++) {
      let red = 0, green = 0, blue = 0;
      let from = (y * width + first[x]) * 3;
      for (let k = x * taps.width, end = k + count[x]; k < end; k++, from += 3) {
        const weight = weights[k];
        red = fround(red + fround(weight * data[from]));
        green = fround(green + fround(weight * data[from + 1]));
        blue = fround(blue + fround(weight * data[from + 2]));
      }
      out[at++] = red;
      out[at++] = green;
      out[at++] = blue;
    }
  }
  return { width: length, height, data: out };
}

/** Resamples each column to `taps.length` pixels: the vertical pass. It adds whole lines of the source. */
function floatVertical({ width, data }: Raster | FloatRaster, taps: FloatTaps): FloatRaster {
  const { length, first, count, weights } = taps;
  const stride = width * 3;
  const out = new Float32Array(length * stride);
  for (let y = 0; y < length; y++) {
    const sums = out.subarray(y * stride, (y + 1) * stride);
    for (let k = 0; k < count[y]; k++) {
      const weight = weights[y * taps.width + k];
      const line = (first[y] + k) * stride;
      for (let i = 0; i < stride; i++) sums[i] = fround(sums[i] + fround(weight * data[line + i]));
    }
  }
  return { width, height: length, data: out };
}
