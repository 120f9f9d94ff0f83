import type { Dtype } from "../plan/dtype.ts";

// One value, as a float and as its bits.
const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** Returns `values` as little-endian elements of `dtype`, each rounded to the nearest, halves to even. */
export function toDtype(values: Float32Array, dtype: Dtype): Uint8Array {
  switch (dtype) {
    case "f32":
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    case "u8":
      return Uint8Array.from(values);
    case "f16":
      return packed(values, halfBits);
    case "bf16":
      return packed(values, bfloatBits);
  }
}

/** Returns 16 bits of each value. `Uint16Array.from` takes five times as long as this loop. */
function packed(values: Float32Array, bitsOf: (value: number) => number): Uint8Array {
  const made = new Uint16Array(values.length);
  for (let i = 0; i < made.length; i++) made[i] = bitsOf(values[i]);
  return new Uint8Array(made.buffer);
}

/**
 * Returns the bits of the nearest IEEE 754 binary16, halves to even. It counts the value in units of the half
 * float's last place, and rounds the count.
 */
function halfBits(value: number): number {
  float[0] = value;
  const sign = bits[0] >>> 16 & 0x8000;
  const magnitude = Math.abs(float[0]);
  if (Number.isNaN(value)) return sign | 0x7e00;
  if (magnitude >= 65520) return sign | 0x7c00;
  const exponent = Math.max(-14, Math.floor(Math.log2(magnitude || 1e-30)));
  const units = roundToEven(magnitude / 2 ** (exponent - 10));
  return sign | (exponent + 14 << 10) + units;
}

/** Returns the bits of the nearest bfloat16, halves to even. */
function bfloatBits(value: number): number {
  float[0] = value;
  if (Number.isNaN(value)) return bits[0] >>> 16 | 0x40;
  return roundToEven(bits[0] / 65536) & 0xffff;
}

/** Returns the nearest whole number, halves to even. */
function roundToEven(value: number): number {
  const below = Math.floor(value), rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
