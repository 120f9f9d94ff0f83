import type { Dtype } from "../plan/dtype.ts";
import { byteTable, type Normalisation, valueTable } from "../plan/tables/values.ts";

/** The elements of an output as they are stored: f32, the bits of f16 or bf16, or bytes. */
export type StoredElements = Float32Array | Uint16Array | Uint8Array;

/** Returns the bytes of an output as elements of its type. */
export function elementsIn({ buffer, byteOffset, byteLength }: Uint8Array, dtype: Dtype): StoredElements {
  if (dtype === "f32") return new Float32Array(buffer, byteOffset, byteLength / 4);
  if (dtype === "u8") return new Uint8Array(buffer, byteOffset, byteLength);
  return new Uint16Array(buffer, byteOffset, byteLength / 2);
}

/** Returns values as elements of a type, rounded to nearest even. */
export function asElements(values: Float32Array, dtype: Dtype): StoredElements {
  switch (dtype) {
    case "f32":
      return values;
    case "f16":
      return new Uint16Array(new Float16Array(values).buffer);
    case "bf16":
      return upperHalves(new Uint32Array(values.buffer, values.byteOffset, values.length));
    case "u8":
      return Uint8Array.from(values);
  }
}

/**
 * Returns the upper half of each float's bits, rounded to nearest even. No value is NaN. `Uint16Array.from`
 * with a function takes 45 times as long as this loop, and leaves garbage.
 */
function upperHalves(floats: Uint32Array): Uint16Array {
  const made = new Uint16Array(floats.length);
  for (let i = 0; i < made.length; i++) made[i] = floats[i] + 0x7fff + (floats[i] >>> 16 & 1) >>> 16;
  return made;
}

/** Each byte's element in each channel: three tables of 256. */
export type ByteElements = readonly [StoredElements, StoredElements, StoredElements];

/**
 * Returns each byte's element of an output: its normalised value, or where the output holds bytes the byte
 * itself.
 */
export function byteElements(values: Normalisation, dtype: Dtype): ByteElements {
  const table = dtype === "u8" ? byteTable() : valueTable(values);
  const channel = (from: number) => asElements(table.slice(from, from + 256), dtype);
  return [channel(0), channel(256), channel(512)];
}
