/** An element type of a safetensors file, under the format's name. */
export type StoredDtype = "F32" | "F16" | "BF16" | "U8" | "I32" | "I64" | "BOOL";

/**
 * A typed array as a tensor of some {@linkcode StoredDtype} is read: f16 and bf16 as bits, bool as 0 and 1.
 */
export type StoredData = Float32Array | Uint16Array | Uint8Array | Int32Array | BigInt64Array;

/** Each dtype's bytes an element, and the array that holds its elements. */
const STORED_DTYPES: Record<StoredDtype, { width: number; array: (bytes: ArrayBuffer) => StoredData }> = {
  F32: { width: 4, array: (bytes) => new Float32Array(bytes) },
  F16: { width: 2, array: (bytes) => new Uint16Array(bytes) },
  BF16: { width: 2, array: (bytes) => new Uint16Array(bytes) },
  U8: { width: 1, array: (bytes) => new Uint8Array(bytes) },
  I32: { width: 4, array: (bytes) => new Int32Array(bytes) },
  I64: { width: 8, array: (bytes) => new BigInt64Array(bytes) },
  BOOL: { width: 1, array: (bytes) => new Uint8Array(bytes) },
};

/** Returns whether `name` is a {@linkcode StoredDtype}. */
export function isStoredDtype(name: unknown): name is StoredDtype {
  return typeof name === "string" && Object.hasOwn(STORED_DTYPES, name);
}

/** Returns the names of all stored dtypes. */
export function storedDtypes(): string[] {
  return Object.keys(STORED_DTYPES);
}

/** Returns the bytes that one element of `dtype` takes. */
export function widthOf(dtype: StoredDtype): number {
  return STORED_DTYPES[dtype].width;
}

/** Returns the elements that `bytes` are; they are not copied. */
export function storedData(dtype: StoredDtype, bytes: ArrayBuffer): StoredData {
  return STORED_DTYPES[dtype].array(bytes);
}
