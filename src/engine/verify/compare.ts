import { type Dtype, ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { HostRows } from "../../plan/output_rows.ts";
import { shapesDiffer } from "./planned_shapes.ts";

/** Rows to compare, with their little-endian elements. */
export type ComparedRows = Pick<HostRows, "output" | "row" | "shape" | "data">;

/** The result of a comparison with the reference. */
export interface Verification {
  /** Elements compared. */
  elements: number;
  /** Elements whose bits differ. None may. */
  mismatches: number;
  /** The largest difference. */
  largestError: number;
  /** The output and the indices of the element that differs most; undefined where none does. */
  at?: { output: string; index: number[] };
}

/**
 * Compares `made` with `expected`, element by element, and adds the result to `found`.
 * @throws {VitrailError} `shape` where the counts of elements differ.
 */
export function compareRows(
  found: Verification,
  made: ComparedRows,
  expected: ComparedRows,
  dtype: Dtype,
): void {
  const own = wordsOf(made.data, dtype), other = wordsOf(expected.data, dtype);
  found.elements += other.length;
  if (own.length !== other.length) throw shapesDiffer(made.output, made.shape, expected.shape);
  let numbers: { made: ArrayLike<number>; expected: ArrayLike<number> } | undefined; // made when bits differ
  for (let i = 0; i < other.length; i++) {
    if (own[i] === other[i]) continue;
    numbers ??= { made: numbersOf(made.data, dtype), expected: numbersOf(expected.data, dtype) };
    const a = numbers.made[i], b = numbers.expected[i];
    if (Object.is(a, b)) continue;
    found.mismatches++;
    const error = Math.abs(a - b);
    if (!(error <= found.largestError)) {
      found.largestError = error;
      found.at = { output: made.output, index: indexOf(i, expected.row, expected.shape) };
    }
  }
}

/** Returns little-endian elements as their bits. */
function wordsOf(bytes: Uint8Array, dtype: Dtype): Uint32Array | Uint16Array | Uint8Array {
  const width = ELEMENT_BYTES[dtype];
  if (width === 1) return bytes;
  const { buffer, byteOffset, length } = bytes.byteOffset % width === 0 ? bytes : bytes.slice();
  return width === 4
    ? new Uint32Array(buffer, byteOffset, length / 4)
    : new Uint16Array(buffer, byteOffset, length / 2);
}

/** Returns little-endian elements as numbers. */
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
