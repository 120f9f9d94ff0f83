import { type Taps, WEIGHT_BITS } from "../plan/tables/taps.ts";
import type { Raster } from "./raster.ts";

const HALF = 1 << (WEIGHT_BITS - 1);

// Sums fit in 32 bits. `Math.imul` and `| 0` say so to the engine, which then leaves floats out of the loops.

/**
 * Resamples both axes, rounding to bytes between the passes.
 * Source: Pillow `src/libImaging/Resample.c`, `ImagingResampleHorizontal_8bpc` and `…Vertical_8bpc`.
 */
export function resample(source: Raster, taps: { x: Taps; y: Taps }, order: string): Raster {
  return order === "horizontal-first"
    ? resampleColumns(resampleRows(source, taps.x), taps.y)
    : resampleRows(resampleColumns(source, taps.y), taps.x);
}

/** The horizontal pass: each row gets `taps.length` pixels. */
export function resampleRows(source: Raster, taps: Taps): Raster {
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

/** The vertical pass: each column gets `taps.length` pixels. */
export function resampleColumns(source: Raster, taps: Taps): Raster {
  const { width, data } = source;
  const { length, first, count, weights } = taps;
  const stride = width * 3;
  const out = new Uint8Array(length * stride);
  const sums = new Int32Array(stride);
  for (let y = 0; y < length; y++) {
    sums.fill(HALF);
    for (let k = 0; k < count[y]; k++) {
      const weight = weights[y * taps.width + k];
      const row = (first[y] + k) * stride;
      for (let i = 0; i < stride; i++) sums[i] += Math.imul(weight, data[row + i]);
    }
    for (let i = 0; i < stride; i++) out[y * stride + i] = clamped(sums[i]);
  }
  return { width, height: length, data: out };
}

function clamped(sum: number): number {
  const value = sum >> WEIGHT_BITS;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}
