/**
 * Whose resampling. `pillow`: fixed point, rounded to bytes between the passes, as Pillow and the processors built on it compute.
 * `torch`: floats that are rounded once, after both passes, as torchvision resizes a tensor of bytes on a GPU.
 */
export type Arithmetic = "pillow" | "torch";

/** Both, the default first. */
export const ARITHMETICS: readonly Arithmetic[] = ["pillow", "torch"];
