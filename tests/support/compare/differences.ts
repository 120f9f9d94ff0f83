import { numbersOf } from "../../../src/engine/verify/compare.ts";
import { type Dtype, ELEMENT_BYTES, type IntegerType } from "../../../src/plan/dtype.ts";

/** Elements as their little-endian bytes, or as an array of them. */
export type Compared =
  | Uint8Array
  | Int32Array
  | Uint16Array
  | Uint32Array
  | Float16Array
  | Float32Array
  | BigInt64Array;

/** A description of elements that are compared, for the message of a failure. */
export interface Subject {
  /** The name of one of a test's comparisons: a recipe, a call, a picture. */
  readonly label?: string;
  /** The output that the elements belong to. */
  readonly output?: string;
  /** The type of elements that are given as bytes. */
  readonly dtype?: Dtype | IntegerType;
  /** Their shape; one long axis without it. */
  readonly shape?: readonly number[];
  /** The first row's index on the output's leading axis; 0 without it. */
  readonly row?: number;
  /** Returns the distance that a row's elements may have; without it they are the same bits. */
  readonly allowed?: (row: number) => number;
}

/** Elements shown of the first row that differs. */
const SHOWN = 6;

/**
 * Compares two lists of elements bit by bit, but for the distance that a row is allowed.
 * @returns undefined where they agree. Otherwise a text for people: how many elements differ of how many, the
 * largest error and its index, and the first row that differs with a few values of both.
 */
export function differencesOf(actual: Compared, expected: Compared, subject: Subject): string | undefined {
  const name = nameOf(subject), width = widthOf(expected, subject);
  const own = bytesOf(actual), other = bytesOf(expected);
  if (own.length !== other.length) {
    return `${name} has ${own.length / width} elements, expected ${other.length / width}`;
  }
  if (sameBytes(own, other)) return undefined;
  const a = valuesOf(actual, subject), b = valuesOf(expected, subject), { length } = b;
  const { row = 0, shape = [length], allowed = () => 0 } = subject;
  const rowLength = length / shape[0];
  let count = 0, first = -1, largest = -1, worst = 0;
  for (let i = 0; i < length; i++) {
    if (sameBytes(own, other, i * width, width)) continue;
    const error = distance(a[i], b[i]), most = allowed(row + Math.floor(i / rowLength));
    if (most > 0 && error <= most) continue;
    count++;
    if (first < 0) first = i;
    if (error > largest) {
      largest = error;
      worst = i;
    }
  }
  if (count === 0) return undefined;
  const at = (element: number) => `[${indexOf(element, shape, row).join(", ")}]`;
  const shown = (values: ArrayLike<number | bigint>, bytes: Uint8Array) => {
    const few = Array.from({ length: Math.min(SHOWN, length - first) }, (_, i) => short(values[first + i]));
    return few.join(", ") + (largest > 0 ? "" : ` (bits ${bitsOf(bytes, first * width, width)})`);
  };
  return [
    `${name}: ${count} of ${length} elements differ; the largest error is ${short(largest)}, at ${at(worst)}`,
    `row ${row + Math.floor(first / rowLength)} is the first that differs, from ${at(first)} on:`,
    `     found ${shown(a, own)}`,
    `  expected ${shown(b, other)}`,
  ].join("\n");
}

/** The label, the output, its shape and its type, those that are known. */
export function nameOf({ label, output, shape, dtype }: Subject): string {
  const tensor = [output, shape && `[${shape.join(", ")}]`, dtype].filter(Boolean).join(" ");
  return [label, tensor].filter(Boolean).join(": ") || "the result";
}

/** Bytes of an element. */
function widthOf(elements: Compared, { dtype }: Subject): number {
  return elements instanceof Uint8Array ? ELEMENT_BYTES[dtype ?? "u8"] : elements.BYTES_PER_ELEMENT;
}

function bytesOf({ buffer, byteOffset, byteLength }: Compared): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** The elements as numbers. */
function valuesOf(elements: Compared, { dtype = "u8" }: Subject): ArrayLike<number | bigint> {
  if (!(elements instanceof Uint8Array)) return elements;
  if (dtype === "i64") return new BigInt64Array(elements.slice().buffer);
  if (dtype === "i32") return new Int32Array(elements.slice().buffer);
  return dtype === "bool" ? elements : numbersOf(elements, dtype);
}

function sameBytes(a: Uint8Array, b: Uint8Array, from = 0, count = a.length): boolean {
  for (let i = from; i < from + count; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The distance of two values; 0 of two NaNs, and infinite where one of two is a NaN. */
function distance(a: number | bigint, b: number | bigint): number {
  const error = Math.abs(Number(a) - Number(b));
  if (!Number.isNaN(error)) return error;
  return Object.is(a, b) ? 0 : Infinity;
}

/** The index of an element on every axis of rows that begin at `row`. */
function indexOf(element: number, shape: readonly number[], row: number): number[] {
  const index: number[] = [];
  for (let axis = shape.length - 1, rest = element; axis >= 0; axis--) {
    index.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  index[0] += row;
  return index;
}

/** A value to nine digits, which tell any two f32 apart. */
function short(value: number | bigint): string {
  return String(typeof value === "bigint" ? value : Number(value.toPrecision(9)));
}

/** An element's bits in hex, the highest first. */
function bitsOf(bytes: Uint8Array, from: number, width: number): string {
  return [...bytes.subarray(from, from + width)].reverse().map((byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}
