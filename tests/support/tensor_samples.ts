import type { TensorSource } from "../../src/formats/safetensors_pieces.ts";

/**
 * A tensor of every dtype, narrow ones first so that writing must reorder them, with odd byte counts and
 * extreme values.
 */
export const ALL_DTYPES: TensorSource[] = [
  { name: "im_mask", dtype: "BOOL", shape: [5], data: Uint8Array.of(1, 0, 0, 1, 1) },
  { name: "bytes", dtype: "U8", shape: [3, 1], data: Uint8Array.of(0, 127, 255) },
  { name: "half", dtype: "F16", shape: [3], data: Uint16Array.of(0x3c00, 0xc000, 0x7bff) },
  { name: "brain", dtype: "BF16", shape: [1, 3], data: Uint16Array.of(0x3f80, 0xc000, 0x7f80) },
  { name: "labels", dtype: "I32", shape: [2, 2], data: Int32Array.of(-100, 0, 2147483647, -2147483648) },
  { name: "input_ids", dtype: "I64", shape: [1, 2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
  {
    name: "pixel values/äöü",
    dtype: "F32",
    shape: [2, 3],
    data: Float32Array.of(0.1, -0, 1e-45, 3.4e38, -2.5, 7),
  },
  { name: "7", dtype: "F32", shape: [], data: Float32Array.of(1.5) },
  { name: "none", dtype: "F32", shape: [0, 3], data: new Float32Array(0) },
];
