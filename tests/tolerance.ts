/**
 * Every tolerance there is, with its reason. Whatever is not named here is compared for equality, bit for
 * bit: resampling, tiles in every dtype, orientation, layouts, integers, sizes. `tolerance_test.ts` has wrong
 * variants that exceed each.
 *
 * @module
 */

import { GLOBAL_ALLOWANCE } from "../src/engine/verify/allowance.ts";

/**
 * A global view's f32 element on a GPU, whole-number scales that are even: 1e-6.
 *
 * Each element is a sum of 16 products. WGSL leaves it open whether a product and a sum are fused, and
 * torch's own builds differ in just that: by 4.77e-7 at most over all goldens, two units in the last place of
 * values from 2 to 4. The reference does not fuse, and equals one of torch's builds bit for bit; so does an
 * odd scale on a GPU, which picks one sample.
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
 * A float of torch's antialiased resampling against the reference, of the scale 0 to 1: 1e-5.
 *
 * The reference rounds every product and sum to f32; torch's builds fuse them or not and sum in another
 * order, for taps and for pixels alike. Seen over the goldens: 7.2e-7.
 */
export const TORCH_FLOAT = 1e-5;

/**
 * A byte of it, once rounded: one level. Sums that differ in their last places may lie on both sides of a
 * half. Seen over the goldens: 37 of 115 254 bytes differ, each by one.
 */
export const TORCH_LEVEL = 1;

/**
 * The share of such bytes that may differ at all: one in a thousand. A level is what half of all bytes would
 * be off by if they were rounded down.
 */
export const TORCH_SHARE = 1 / 1000;

/**
 * A float of a processor that resized on a GPU with CUDA: 1e-6 in the samples that the goldens hold.
 *
 * Its bytes are torch's, a level aside (`TORCH_LEVEL`). Its normalising may round otherwise in the last
 * place.
 */
export const CUDA_SAMPLE = 1e-6;
