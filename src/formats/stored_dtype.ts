/** An element type of a safetensors file, under the format's name. */
export type StoredDtype = "F32" | "F16" | "BF16" | "U8" | "I32" | "I64" | "BOOL";

/** A typed array as a tensor of some {@linkcode StoredDtype} is read: f16, bf16 as bits, bool as 0 and 1. */
export type StoredData = Float32Array | Uint16Array | Uint8Array | Int32Array | BigInt64Array;

/** Bytes an element takes, and the array that holds it. */
const DTYPES: Record<StoredDtype, { width: number; view: (bytes: ArrayBuffer) => StoredData }> = {
  F32: { width: 4, view: (bytes) => new Float32Array(bytes) },
  F16: { width: 2, view: (bytes) => new Uint16Array(bytes) },
  BF16: { width: 2, view: (bytes) => new Uint16Array(bytes) },
  U8: { width: 1, view: (bytes) => new Uint8Array(bytes) },
  I32: { width: 4, view: (bytes) => new Int32Array(bytes) },
  I64: { width: 8, view: (bytes) => new BigInt64Array(bytes) },
  BOOL: { width: 1, view: (bytes) => new Uint8Array(bytes) },
};

/** Whether `name` is a {@linkcode StoredDtype}. */
export function isDtype(name: unknown): name is StoredDtype {
  return typeof name === "string" && Object.hasOwn(DTYPES, name);
}

/** The names of all dtypes. */
export function dtypeNames(): string[] {
  return Object.keys(DTYPES);
}

/** The bytes that one element of `dtype` takes. */
export function widthOf(dtype: StoredDtype): number {
  return DTYPES[dtype].width;
}

/** `bytes` as the elements that they are. */
export function viewOf(dtype: StoredDtype, bytes: ArrayBuffer): StoredData {
  return DTYPES[dtype].view(bytes);
}
