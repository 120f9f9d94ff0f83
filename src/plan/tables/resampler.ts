import type { Filter } from "./filters.ts";

/**
 * The library whose resampling it is.
 * - `pillow`: fixed point, rounded to bytes between the passes, as in Pillow and processors built on it.
 * - `torch`: floats, rounded once after both passes, as torchvision resizes a tensor of bytes on a GPU.
 *
 * On a CPU with AVX2 torchvision has a third: integers with 16-bit weights, rounded between the passes. That
 * one is not followed. Source: torchvision `transforms/v2/functional/_geometry.py`, `resize_image` and
 * `_do_native_uint8_resize_on_cpu`.
 */
export type Resampler = "pillow" | "torch";

/** Both resamplers, the default first. */
export const RESAMPLERS: readonly Resampler[] = ["pillow", "torch"];

/** The filters that torch has for pictures. */
export const TORCH_FILTERS: readonly Filter[] = ["nearest", "bilinear", "bicubic"];
