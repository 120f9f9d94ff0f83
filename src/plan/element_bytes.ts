import type { IntegerType } from "./integers.ts";
import type { Dtype } from "./plan.ts";

/** Bytes of an element. */
export const ELEMENT_BYTES: Readonly<Record<Dtype | IntegerType, number>> = {
  f32: 4,
  f16: 2,
  bf16: 2,
  u8: 1,
  i64: 8,
  i32: 4,
  bool: 1,
};
