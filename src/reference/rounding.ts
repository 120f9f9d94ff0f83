import type { Dtype } from "../plan/dtype.ts";

const bits = new Uint32Array(1);
const float = new Float32Array(bits.buffer);

/** `values` as the little-endian bytes of `dtype`, rounded to nearest even. */
export function toDtype(values: Float32Array, dtype: Dtype): Uint8Array {
  switch (dtype) {
    case "f32":
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    case "u8":
      return Uint8Array.from(values);
    case "f16":
      return halves(values, halfBits);
    case "bf16":
      return halves(values, brainBits);
  }
}

/** 16 bits of each value: by a loop, since `Uint16Array.from` takes five times as long. */
function halves(values: Float32Array, bitsOf: (value: number) => number): Uint8Array {
  const made = new Uint16Array(values.length);
  for (let i = 0; i < made.length; i++) made[i] = bitsOf(values[i]);
  return new Uint8Array(made.buffer);
}

/** The bits of the nearest IEEE 754 binary16, ties to even, found by scaling to the half's unit in the last place. */
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

/** The bits of the nearest bfloat16, ties to even. */
function brainBits(value: number): number {
  float[0] = value;
  if (Number.isNaN(value)) return bits[0] >>> 16 | 0x40;
  return roundToEven(bits[0] / 65536) & 0xffff;
}

function roundToEven(value: number): number {
  const below = Math.floor(value), rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
