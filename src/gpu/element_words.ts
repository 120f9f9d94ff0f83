import { type Dtype, ELEMENT_BYTES } from "../plan/dtype.ts";

/** Returns the elements that a word of 32 bits holds. */
export function perWord(dtype: Dtype): number {
  return 4 / ELEMENT_BYTES[dtype];
}

/**
 * Returns each value's element in the low bits of a word of its own. Floats are rounded to nearest even; no
 * value may be NaN.
 */
export function elementBits(values: Float32Array, dtype: Dtype): Uint32Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  switch (dtype) {
    case "f32":
      return bits;
    case "f16":
      return Uint32Array.from(new Uint16Array(Float16Array.from(values).buffer));
    case "bf16":
      return bits.map((word) => word + 0x7fff + (word >>> 16 & 1) >>> 16);
    case "u8":
      return Uint32Array.from(Uint8Array.from(values)); // modulo 256
  }
}
