/** The element type of an output of pixels; `u8` is the canvas before normalising. */
export type Dtype = "f32" | "f16" | "bf16" | "u8";

/** The element types that an output of pixels may have. */
export const DTYPES: readonly Dtype[] = ["f32", "f16", "bf16", "u8"];

/** The element type of an output of integers, as transformers gives it; some masks are floats there. */
export type IntegerType = "i64" | "i32" | "bool" | "f32";

/** The bytes of an element of each type. */
export const ELEMENT_BYTES: Readonly<Record<Dtype | IntegerType, number>> = {
  f32: 4,
  f16: 2,
  bf16: 2,
  u8: 1,
  i64: 8,
  i32: 4,
  bool: 1,
};

/** A typed array whose elements can be moved as they are. */
export type Elements = Float32Array | Float16Array | Uint32Array | Int32Array | Uint16Array | Uint8Array;
