import { type Taps, WEIGHT_BITS } from "../plan/tables/taps.ts";
import type { Raster } from "./raster.ts";

/** A half in a sum's fixed point: sums start there, so that cutting the fraction off rounds. */
const HALF = 1 << (WEIGHT_BITS - 1);

// Sums fit in 32 bits. `Math.imul` and `| 0` tell V8 so, and it keeps floats out of the loops.

/**
 * Resamples both axes, rounding to bytes between the passes.
 * Source: Pillow `src/libImaging/Resample.c`, `ImagingResampleHorizontal_8bpc` and `…Vertical_8bpc`.
 */
export function resample(source: Raster, taps: { x: Taps; y: Taps }, order: string): Raster {
  return order === "horizontal-first"
    ? resampleVertical(resampleHorizontal(source, taps.x), taps.y)
    : resampleHorizontal(resampleVertical(source, taps.y), taps.x);
}

/** Resamples each line to `taps.length` pixels: the horizontal pass. */
export function resampleHorizontal(source: Raster, taps: Taps): Raster {
  const { width, height, data } = source;
  const { length, first, count, weights } = taps;
  const out = new Uint8Array(length * height * 3);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < length; x++) {
      let red = HALF, green = HALF, blue = HALF;
      let from = (y * width + first[x]) * 3;
      for (let k = x * taps.width, end = k + count[x]; k < end; k++, from += 3) {
        const weight = weights[k];
        red = red + Math.imul(weight, data[from]) | 0;
        green = green + Math.imul(weight, data[from + 1]) | 0;
        blue = blue + Math.imul(weight, data[from + 2]) | 0;
      }
      out[at++] = clamped(red);
      out[at++] = clamped(green);
      out[at++] = clamped(blue);
    }
  }
  return { width: length, height, data: out };
}

/** Resamples each column to `taps.length` pixels: the vertical pass. It adds whole lines of the source. */
export function resampleVertical(source: Raster, taps: Taps): Raster {
  const { width, data } = source;
  const { length, first, count, weights } = taps;
  const stride = width * 3;
  const out = new Uint8Array(length * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < length; y++) {
    sums.fill(HALF);
    for (let k = 0; k < count[y]; k++) {
      const weight = weights[y * taps.width + k];
      const line = (first[y] + k) * stride;
      for (let i = 0; i < stride; i++) sums[i] += Math.imul(weight, data[line + i]);
    }
    for (let i = 0; i < stride; i++) out[y * stride + i] = clamped(sums[i]);
  }
  return { width, height: length, data: out };
}

/** Returns a sum's whole part, within 0 to 255. */
function clamped(sum: number): number {
  const value = sum >> WEIGHT_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
