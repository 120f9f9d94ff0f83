import type { Dtype } from "../plan/plan.ts";
import { shapesDiffer } from "./shapes.ts";

/** Rows that an executor made: which, and their little-endian bytes. */
export interface MadeRows {
  output: string;
  row: number;
  shape: number[];
  bytes: Uint8Array;
}

/** What a comparison with the reference found. */
export interface Verification {
  /** Elements compared. */
  elements: number;
  /**
   * Elements further apart than allowed: none may differ, but global views by 1e-6 and what torch's arithmetic resampled by a
   * level of its bytes (WGSL may fuse a product and a sum).
   */
  mismatches: number;
  /** Elements that are not the same bits, those within the allowance included. */
  inexact: number;
  /** The largest difference. */
  largestError: number;
  /** Where it is: the output's name and the element's indices; undefined where nothing differs. */
  at?: { output: string; index: number[] };
}

/** Adds the comparison of `made` with `expected` to `found`; `allowed` says how far each row's elements may differ. */
export function compareRows(
  found: Verification,
  made: MadeRows,
  expected: MadeRows,
  dtype: Dtype,
  allowed: (row: number) => number,
): void {
  const a = numbersOf(made.bytes, dtype), b = numbersOf(expected.bytes, dtype);
  const rowLength = expected.shape.slice(1).reduce((a, b) => a * b, 1);
  found.elements += b.length;
  if (a.length !== b.length) throw shapesDiffer(made.output, made.shape, expected.shape);
  for (let i = 0; i < b.length; i++) {
    if (Object.is(a[i], b[i])) continue;
    found.inexact++;
    const error = Math.abs(a[i] - b[i]);
    if (!(error <= allowed(expected.row + Math.floor(i / rowLength)))) found.mismatches++;
    if (!(error <= found.largestError)) {
      found.largestError = error;
      found.at = { output: made.output, index: indexOf(i, expected.row, expected.shape) };
    }
  }
}

/** Little-endian elements as numbers. */
export function numbersOf(bytes: Uint8Array, dtype: Dtype): ArrayLike<number> {
  const copy = bytes.slice().buffer;
  switch (dtype) {
    case "f32":
      return new Float32Array(copy);
    case "f16":
      return new Float16Array(copy);
    case "bf16":
      return new Float32Array(Uint32Array.from(new Uint16Array(copy), (half) => half << 16 >>> 0).buffer);
    case "u8":
      return new Uint8Array(copy);
  }
}

function indexOf(element: number, row: number, shape: readonly number[]): number[] {
  const index: number[] = [];
  for (let rest = element, axis = shape.length - 1; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  index[0] += row;
  return index;
}
