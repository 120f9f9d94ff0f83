/**
 * Every tolerance there is, with its reason. Whatever is not named here is compared for equality, bit for
 * bit: resampling, tiles in every dtype, orientation, layouts, integers, sizes. `tolerance_test.ts` has wrong
 * variants that exceed each.
 *
 * @module
 */

import { FLOATS_ALLOWANCE, GLOBAL_ALLOWANCE } from "../src/engine/verify/allowance.ts";

/**
 * A global view's f32 element on a GPU, whole-number scales that are even: 1e-6.
 *
 * Each element is a sum of 16 products. WGSL leaves it open whether a product and a sum are fused, and
 * torch's own builds differ in just that: by 4.77e-7 at most over all goldens, two units in the last place of
 * values from 2 to 4. The reference fuses as the plan says, and equals one or the other of torch's builds bit
 * for bit; so does an odd scale on a GPU, which picks one sample.
 */
export const GLOBAL_F32 = GLOBAL_ALLOWANCE.f32;

/**
 * The same as f16: 2⁻⁹, one unit in the last place of values from 2 to 4. Two f32 that differ by 1e-6 may lie
 * on both sides of a rounding boundary, and rounding takes neighbours to neighbours.
 */
export const GLOBAL_F16 = GLOBAL_ALLOWANCE.f16;

/** The same as bf16: 2⁻⁶, for the same reason. */
export const GLOBAL_BF16 = GLOBAL_ALLOWANCE.bf16;

/**
 * An f32 element of a canvas of floats on a GPU: 4e-6.
 *
 * The reference equals torch bit for bit: it rescales bytes first, and fuses some products and not others.
 * A GPU's kernel rescales sums, may fuse any, and may divide by 2.5 units in the last place. A unit is 2.4e-7
 * of values from 2 to 4. Seen over the goldens, on a software adapter: 1.61e-6.
 */
export const FLOATS_F32 = FLOATS_ALLOWANCE.f32;

/**
 * A float of torch's antialiased resampling against the reference, of the scale 0 to 1: 1e-5.
 *
 * The reference fuses products and sums as torch's build for CUDA does. The goldens are of one for CPUs, in
 * which others are fused, for taps and for pixels alike. Seen over the goldens: 7.2e-7.
 */
export const TORCH_FLOAT = 1e-5;

/**
 * A byte of it, once rounded, and of any resampling in floats on a GPU: one level. Sums that differ in their
 * last places may lie on both sides of a half. Seen over the goldens: 37 of 115 254 bytes differ, each by
 * one.
 */
export const TORCH_LEVEL = 1;

/**
 * The share of such bytes that may differ at all: one in a thousand. A level is what half of all bytes would
 * be off by if they were rounded down.
 */
export const TORCH_SHARE = 1 / 1000;

/**
 * A sample of values that CUDA standardised by each picture's own mean and deviation: 1e-6.
 *
 * CUDA adds floats block by block, here they are added as torch does on a CPU. Mean and deviation differ by a
 * few units in their last places, and values by that divided by the deviation.
 */
export const STANDARD_SAMPLE = 1e-6;
