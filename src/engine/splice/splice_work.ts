import { type Dtype, ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { SplicePlan } from "./splice_plan.ts";

/** The element types that a splice moves. */
export type SpliceDtype = Exclude<Dtype, "u8">;

/** A part of a tensor in a buffer on the device, its elements from the buffer's start. */
export interface DevicePart {
  /** The buffer, which may be longer. */
  buffer: GPUBuffer;
  /** The count of bytes. */
  bytes: number;
}

/** The elements of a tensor: bytes in CPU memory, or parts on the device, in order. */
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

/** Returns the bytes of one token. */
export function tokenBytesOf({ plan, dtype }: SpliceWork): number {
  return 4 * plan.channels * ELEMENT_BYTES[dtype];
}
