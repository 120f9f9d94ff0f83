import { type Filter, FILTERS } from "./filters.ts";

/**
 * The library whose resampling it is.
 * - `pillow`: weights of 22 bits after the point, rounded to bytes between the passes, as in Pillow and
 *   processors built on it.
 * - `torch-cpu`: weights of 16 bits, rounded to bytes between the passes, as torch resizes bytes on a CPU
 *   with AVX2 or AVX-512.
 * - `torch-cuda`: floats, rounded once after both passes, as torchvision resizes a tensor of bytes on a GPU.
 *
 * Source: torchvision `transforms/v2/functional/_geometry.py`, `resize_image` and
 * `_do_native_uint8_resize_on_cpu`.
 */
export type Resampler = "pillow" | "torch-cpu" | "torch-cuda";

/** All resamplers, the default first. */
export const RESAMPLERS: readonly Resampler[] = ["pillow", "torch-cpu", "torch-cuda"];

/** The filters that each resampler has. torch has Lanczos on a CPU alone, since torchvision 0.27. */
export const FILTERS_OF: Readonly<Record<Resampler, readonly Filter[]>> = {
  "pillow": FILTERS,
  "torch-cpu": ["nearest", "bilinear", "bicubic", "lanczos"],
  "torch-cuda": ["nearest", "bilinear", "bicubic"],
};
