import { VitrailError } from "../../errors.ts";
import type { Dtype, IntegerType } from "../../plan/dtype.ts";

/** The name that ONNX gives to a type, as tensors in JavaScript have it. */
export type OnnxType = "float32" | "float16" | "uint8" | "int64" | "int32" | "bool";

/** Types by their names here. */
const ONNX_TYPES: Record<Exclude<Dtype, "bf16"> | IntegerType, OnnxType> = {
  f32: "float32",
  f16: "float16",
  u8: "uint8",
  i64: "int64",
  i32: "int32",
  bool: "bool",
};

/**
 * Returns the name that ONNX gives to a tensor's type.
 * @throws {VitrailError} `usage` for bf16, which ONNX's tensors in JavaScript are not.
 */
export function onnxType({ name, dtype }: { name: string; dtype: Dtype | IntegerType }): OnnxType {
  if (dtype !== "bf16") return ONNX_TYPES[dtype];
  throw new VitrailError("usage", `${name} is bf16, which ONNX tensors in JavaScript are not`);
}
