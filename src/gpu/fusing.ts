import { type Kernel, uniformOf } from "./device/kernels.ts";
import type { Recorder } from "./device/recorder.ts";

/** The kernel that computes by the device's own `fma`. */
export const FUSING = { name: "fusing", fields: ["count"] } as const satisfies Kernel;

/** Two factors and a summand: the exact sum is 2⁻²⁴, and 0 is what a product that is rounded leaves. */
const TERMS = Float32Array.of(1 + 2 ** -12, 1 + 2 ** -12, -(1 + 2 ** -11));

/** Records the device's own `fma` into one f32, which is 0 unless it rounds once. */
export function recordFusing(recorder: Recorder, sum: GPUBuffer): void {
  const bindings = [recorder.uploaded(TERMS), sum];
  recorder.dispatch("fusing", {}, uniformOf(FUSING, { count: 1 }), bindings, [1, 1, 1]);
}
