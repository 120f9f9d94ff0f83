import { type Dtype, ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { HostRows } from "../../plan/output_rows.ts";
import { shapesDiffer } from "./planned_shapes.ts";

/** Rows that are compared: which, and their little-endian elements. */
export type ComparedRows = Pick<HostRows, "output" | "row" | "shape" | "data">;

/** What a comparison with the reference found. */
export interface Verification {
  /** Elements compared. */
  elements: number;
  /**
   * Elements further apart than allowed: none may differ, but global views by 1e-6 and what torch's resampler resampled by a
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
  made: ComparedRows,
  expected: ComparedRows,
  dtype: Dtype,
  allowed: (row: number) => number,
): void {
  const own = wordsOf(made.data, dtype), other = wordsOf(expected.data, dtype);
  const rowLength = expected.shape.slice(1).reduce((a, b) => a * b, 1);
  found.elements += other.length;
  if (own.length !== other.length) throw shapesDiffer(made.output, made.shape, expected.shape);
  let a: ArrayLike<number> = [], b = a; // numbers, once some bits differ
  for (let i = 0; i < other.length; i++) {
    if (own[i] === other[i]) continue;
    if (b.length === 0) a = numbersOf(made.data, dtype), b = numbersOf(expected.data, dtype);
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

/** Little-endian elements as their bits. */
function wordsOf(bytes: Uint8Array, dtype: Dtype): Uint32Array | Uint16Array | Uint8Array {
  const width = ELEMENT_BYTES[dtype];
  if (width === 1) return bytes;
  const { buffer, byteOffset, length } = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return width === 4
    ? new Uint32Array(buffer, byteOffset, length / 4)
    : new Uint16Array(buffer, byteOffset, length / 2);
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
      return floatsOfBrain(new Uint16Array(copy));
    case "u8":
      return new Uint8Array(copy);
  }
}

function floatsOfBrain(halves: Uint16Array): Float32Array {
  const bits = new Uint32Array(halves.length);
  for (let i = 0; i < bits.length; i++) bits[i] = halves[i] << 16;
  return new Float32Array(bits.buffer);
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
