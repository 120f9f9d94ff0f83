/**
 * Every tolerance there is, with its reason. Whatever is not named here is compared for equality, bit for
 * bit: resampling, tiles in every dtype, orientation, layouts, integers, sizes. `tolerance_test.ts` has wrong
 * variants that exceed each.
 *
 * @module
 */

/**
 * A global view's f32 element against torch's, whole-number scales that are even: 1e-6.
 *
 * Each element is a sum of 16 products. Torch's own builds fuse them with their sums or do not, and differ by
 * 4.77e-7 at most over all goldens, two units in the last place of values from 2 to 4. Ours equal one or the
 * other of the builds bit for bit, as the plan says; which one a machine has is not known.
 */
export const GLOBAL_F32 = 1e-6;

/**
 * A float of torch's antialiased resampling against the reference, of the scale 0 to 1: 1e-5.
 *
 * The reference fuses products and sums as torch's build for CUDA does. The goldens are of one for CPUs, in
 * which others are fused, for taps and for pixels alike. Seen over the goldens: 7.2e-7.
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
 * A sample of values that CUDA standardised by each picture's own mean and deviation: 1e-6.
 *
 * CUDA adds floats block by block, here they are added as torch does on a CPU. Mean and deviation differ by a
 * few units in their last places, and values by that divided by the deviation.
 */
export const STANDARD_SAMPLE = 1e-6;

/**
 * A feature or a logit of ONNX Runtime's models in f32 against sums in f64: 2e-6.
 *
 * The encoder adds 588 products and the model 32, in an order of its own, with or without fusing. Seen:
 * 5.8e-7.
 */
export const SESSION_F32 = 2e-6;

/**
 * The same in f16, whose results from 2 to 4 are rounded by 1/1024 at most: 1/128. Seen: 0.0048.
 */
export const SESSION_F16 = 1 / 128;
