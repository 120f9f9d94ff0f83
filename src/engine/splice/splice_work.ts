import { type Dtype, ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { SplicePlan } from "./splice_plan.ts";

/** The element types that a splice moves. */
export type SpliceDtype = Exclude<Dtype, "u8">;

/** Elements of a tensor on the device, from the buffer's start. */
export interface DevicePart {
  buffer: GPUBuffer;
  bytes: number;
}

/** A tensor's elements: in CPU memory, or on the device in parts, in order. */
export type Operand = { bytes: Uint8Array } | { parts: readonly DevicePart[] };

/** A splice whose inputs were read, and fit. */
export interface SpliceWork {
  plan: SplicePlan;
  dtype: SpliceDtype;
  /** `[rows, N, C]`. */
  features: Operand;
  /** `[4C]`, in one part. */
  newline: Operand;
  /** `[4C]`, in one part. */
  separator: Operand;
}

/** Bytes of one token. */
export function tokenBytesOf({ plan, dtype }: SpliceWork): number {
  return 4 * plan.channels * ELEMENT_BYTES[dtype];
}
