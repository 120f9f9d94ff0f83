/** A resampling filter of Pillow, by the name that its documentation uses, in lower case. */
export type Filter = "nearest" | "box" | "bilinear" | "hamming" | "bicubic" | "lanczos";

/** The curve of a filter that convolves. */
export interface Convolution {
  /** The radius, in source pixels at scale 1. */
  support: number;
  /** Returns the weight of a source pixel that lies `x` from the centre, before normalising. */
  at(x: number): number;
}

// Pillow writes these two as C floats.
const HAMMING_A = Math.fround(0.54);
const HAMMING_B = Math.fround(0.46);

function sinc(x: number): number {
  if (x === 0) return 1;
  const angle = x * Math.PI;
  return Math.sin(angle) / angle;
}

function hamming(x: number): number {
  const distance = Math.abs(x);
  if (distance === 0) return 1;
  if (distance >= 1) return 0;
  const angle = distance * Math.PI;
  return Math.sin(angle) / angle * (HAMMING_A + HAMMING_B * Math.cos(angle));
}

function bicubic(x: number): number {
  const a = -0.5;
  const distance = Math.abs(x);
  if (distance < 1) return ((a + 2) * distance - (a + 3)) * distance * distance + 1;
  if (distance < 2) return (((distance - 5) * distance + 8) * distance - 4) * a;
  return 0;
}

/**
 * The curves of the five filters that convolve. Nearest takes one pixel and has none.
 * Source: Pillow `src/libImaging/Resample.c`, `box_filter` to `lanczos_filter`.
 */
export const CONVOLUTIONS: Readonly<Record<Exclude<Filter, "nearest">, Convolution>> = {
  box: { support: 0.5, at: (x) => x > -0.5 && x <= 0.5 ? 1 : 0 },
  bilinear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  hamming: { support: 1, at: hamming },
  bicubic: { support: 2, at: bicubic },
  lanczos: { support: 3, at: (x) => x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0 },
};

/** All filters. */
export const FILTERS: readonly Filter[] = ["nearest", "box", "bilinear", "hamming", "bicubic", "lanczos"];
