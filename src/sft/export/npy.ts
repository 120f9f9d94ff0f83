import type { StoredDtype } from "../../formats/stored_dtype.ts";

/** NumPy's name of each element type; it has no bfloat16, whose bits stand in uint16. */
const DESCRIPTIONS: Record<StoredDtype, string> = {
  F32: "<f4",
  F16: "<f2",
  BF16: "<u2",
  U8: "|u1",
  I32: "<i4",
  I64: "<i8",
  BOOL: "|b1",
};

/**
 * Returns the head of a `.npy` file of version 1.0, which the elements follow in row-major order. Its length
 * is a multiple of 64 bytes. Source: NumPy `numpy/lib/format.py`, whose docstring describes the format.
 */
export function npyHead(dtype: StoredDtype, shape: readonly number[]): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const text = `{'descr': '${DESCRIPTIONS[dtype]}', 'fortran_order': False, 'shape': (${sizes}), }`;
  const length = Math.ceil((10 + text.length + 1) / 64) * 64;
  const head = new TextEncoder().encode(`\0NUMPY\x01\0\0\0${text.padEnd(length - 11)}\n`);
  head[0] = 0x93;
  new DataView(head.buffer).setUint16(8, length - 10, true);
  return head;
}
