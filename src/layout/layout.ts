import { VitrailError } from "../errors.ts";
import type { Axis, Pattern } from "./pattern.ts";
import { countOf, shapeText } from "./shape.ts";
import { sizesOf } from "./sizes.ts";

/** One digit of an output index in the mixed radix that a pattern's right side spells. */
export interface Digit {
  /** The name of its factor in the pattern; an integer's has its occurrence, as `336#2`. */
  readonly name: string;
  /** The number of values that it takes. */
  readonly size: number;
  /** The number of input elements that one step of it moves by; 0 where the axis repeats. */
  readonly inputStride: number;
}

/**
 * A pattern fitted to one shape: all that an executor needs, as numbers. It is shared, and nobody changes it.
 *
 * Every digit of an output index comes from exactly one input axis. So each axis adds its own part to an
 * output offset, and a rearrangement is a sum of small tables:
 *
 *     input [i0, i1, …]   ─▶  output offsets[0][i0] + offsets[1][i1] + … + repeat, for each of `repeats`
 *     output digits d     ─▶  input d[0] · digits[0].inputStride + d[1] · digits[1].inputStride + …
 */
export interface Layout {
  /** The shape of the input. */
  readonly inputShape: readonly number[];
  /** The shape of the output. */
  readonly outputShape: readonly number[];
  /** `offsets[axis][index]`: the part of an output offset that this index adds, in elements. */
  readonly offsets: readonly Uint32Array[];
  /** The output offsets of the copies of one element; `[0]` where nothing repeats. */
  readonly repeats: readonly number[];
  /** The digits of an output index, slowest first. */
  readonly digits: readonly Digit[];
}

/** The most copies of an element; a layout lists the output offsets of all. */
const MOST_COPIES = 2 ** 24;

/**
 * Fits `pattern` to a tensor of `shape`. `sizes` gives the size of every axis that stands only on the right,
 * and of all but one in each group on the left. It may give more, which then must agree with the tensor.
 *
 * ```ts
 * import { resolveLayout } from "./layout.ts";
 * import { parsePattern } from "./pattern.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const pattern = parsePattern("c (h p) (w q) -> (h w) c p q");
 * const layout = resolveLayout(pattern, [3, 4, 6], { p: 2, q: 3 });
 * assertEquals(layout.outputShape, [4, 3, 2, 3]);
 * assertEquals([...layout.offsets[1]], [0, 3, 36, 39]); // where lines 0 to 3 of a picture begin
 * ```
 *
 * @throws {VitrailError} `recipe` where a size is missing or does not belong; `shape` where the tensor does
 * not fit; `limit` where the output has more than 2³² elements, or more than 2²⁴ copies of each.
 */
export function resolveLayout(
  pattern: Pattern,
  shape: readonly number[],
  sizes: Readonly<Record<string, number>> = {},
): Layout {
  const known = sizesOf(pattern, shape, sizes);
  const outputShape = pattern.right.map((axis) => sizeOf(axis, known));
  const elements = countOf(outputShape);
  if (elements > 2 ** 32) {
    throw new VitrailError(
      "limit",
      `pattern "${pattern.text}" gives shape ${shapeText(outputShape)}: ${elements} elements, and ` +
        `4294967296 is the most that can be addressed`,
    );
  }

  const inputStrides = stridesOf(pattern.left.flat().map((factor) => factor.name), known);
  const outputNames = pattern.right.flat().map((factor) => factor.name);
  const outputStrides = stridesOf(outputNames, known);
  const repeated = outputNames.filter((name) => !inputStrides.has(name));
  const copies = countOf(repeated.map((name) => known.get(name)!));
  if (copies > MOST_COPIES) {
    throw new VitrailError(
      "limit",
      `pattern "${pattern.text}" makes ${copies} copies of each element; the most is ${MOST_COPIES}`,
    );
  }
  return {
    inputShape: [...shape],
    outputShape,
    offsets: pattern.left.map((axis) =>
      new Uint32Array(sumsOf(axis.map((factor) => factor.name), known, outputStrides))
    ),
    repeats: sumsOf(repeated, known, outputStrides),
    digits: outputNames.map((name) => ({
      name,
      size: known.get(name)!,
      inputStride: inputStrides.get(name) ?? 0,
    })),
  };
}

/** The shape that was asked for last of a pattern: pictures of one size have one. */
const LAST = new WeakMap<Pattern, { shape: readonly number[]; sizes: Sizes; result: readonly number[] }>();

/** The sizes of axes, by name. */
type Sizes = Readonly<Record<string, number>>;

/**
 * Returns the shape alone that `pattern` gives a tensor of `shape`. It may be larger than a layout's can be.
 *
 * @throws {VitrailError} `recipe` or `shape`, as {@linkcode resolveLayout} does, and never `limit`.
 */
export function outputShapeOf(
  pattern: Pattern,
  shape: readonly number[],
  sizes: Readonly<Record<string, number>> = {},
): number[] {
  const last = LAST.get(pattern);
  if (last && isEqual(last.shape, shape) && isEqual(last.sizes, sizes)) return [...last.result];
  const known = sizesOf(pattern, shape, sizes), result = pattern.right.map((axis) => sizeOf(axis, known));
  LAST.set(pattern, { shape: [...shape], sizes: { ...sizes }, result });
  return [...result];
}

/** Tells if two records, or two lists, hold the same numbers. */
function isEqual<T extends Sizes | readonly number[]>(a: T, b: T): boolean {
  const names = Object.keys(b) as (keyof T)[];
  return names.length === Object.keys(a).length && names.every((name) => a[name] === b[name]);
}

/** Returns the size of an axis: the product of its factors' sizes. */
function sizeOf(axis: Axis, sizes: ReadonlyMap<string, number>): number {
  return countOf(axis.map((factor) => sizes.get(factor.name)!));
}

/** Returns the row-major stride of each of `names`, the last being the fastest. */
function stridesOf(names: readonly string[], sizes: ReadonlyMap<string, number>): Map<string, number> {
  const strides = new Map<string, number>();
  let stride = 1;
  for (const name of names.toReversed()) {
    strides.set(name, stride);
    stride *= sizes.get(name)!;
  }
  return strides;
}

/** Returns the sum of digit · stride for every combination of the digits `names`, in row-major order. */
function sumsOf(
  names: readonly string[],
  sizes: ReadonlyMap<string, number>,
  strides: ReadonlyMap<string, number>,
): number[] {
  let sums = [0];
  for (const name of names) {
    const size = sizes.get(name)!, stride = strides.get(name)!;
    const longer: number[] = [];
    for (const sum of sums) {
      for (let digit = 0; digit < size; digit++) longer.push(sum + digit * stride);
    }
    sums = longer;
  }
  return sums;
}
