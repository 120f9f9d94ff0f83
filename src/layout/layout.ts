import { VitrailError } from "../errors.ts";
import type { Axis, Pattern } from "./pattern.ts";
import { countOf, shapeText } from "./shape.ts";
import { sizesOf } from "./sizes.ts";

/** One digit of an output index in the mixed radix that a pattern's right side spells. */
export interface Digit {
  /** Its axis: a name of the pattern, or an integer with its turn (`336#2`). */
  readonly name: string;
  /** How many values it takes. */
  readonly size: number;
  /** The input elements that one step of it skips; 0 where the axis repeats. */
  readonly inputStride: number;
}

/**
 * A pattern fitted to one shape: everything that an executor needs, as numbers.
 *
 * Every digit of an output index comes from exactly one input axis, so a rearrangement is separable: the input element
 * `[i0, i1, …]` goes to `offsets[0][i0] + offsets[1][i1] + … + repeat`, once for each of `repeats`. Read the other way,
 * the output element whose digits are `d` comes from input element `Σ d[k] · digits[k].inputStride`.
 */
export interface Layout {
  readonly inputShape: readonly number[];
  readonly outputShape: readonly number[];
  /** `offsets[axis][index]`: what that index of that input axis adds to the output offset, in elements. */
  readonly offsets: readonly Uint32Array[];
  /** The output offsets of the copies of one element; `[0]` where nothing repeats. */
  readonly repeats: readonly number[];
  /** The digits of an output index, slowest first. */
  readonly digits: readonly Digit[];
}

/** Copies of an element whose places are listed. */
const MOST_COPIES = 2 ** 24;

/**
 * Fits `pattern` to a tensor of `shape`. `sizes` names the size of every axis that stands only on the right, and of all
 * but one in each group on the left; it may name more, which then must agree with the tensor.
 *
 * ```ts
 * import { resolveLayout } from "./layout.ts";
 * import { parsePattern } from "./pattern.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const pattern = parsePattern("c (h p) (w q) -> (h w) c p q");
 * const layout = resolveLayout(pattern, [3, 4, 6], { p: 2, q: 3 });
 * assertEquals(layout.outputShape, [4, 3, 2, 3]);
 * assertEquals([...layout.offsets[1]], [0, 3, 36, 39]); // where rows 0 to 3 of a picture begin
 * ```
 *
 * @throws {VitrailError} `recipe` where a size is missing or does not belong, `shape` where the tensor does not fit,
 * `limit` where the output has more than 2³² elements, or 2²⁴ copies of each.
 */
export function resolveLayout(
  pattern: Pattern,
  shape: readonly number[],
  sizes: Readonly<Record<string, number>> = {},
): Layout {
  const known = sizesOf(pattern, shape, sizes);
  const sizeOf = (axis: Axis): number => countOf(axis.map((factor) => known.get(factor.name)!));
  const outputShape = pattern.right.map(sizeOf);
  if (countOf(outputShape) > 2 ** 32) {
    throw new VitrailError(
      "limit",
      `pattern "${pattern.text}" gives shape ${shapeText(outputShape)}: ${
        countOf(outputShape)
      } elements, and ` +
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
      Uint32Array.from(sumsOf(axis.map((factor) => factor.name), known, outputStrides))
    ),
    repeats: sumsOf(repeated, known, outputStrides),
    digits: outputNames.map((name) => ({
      name,
      size: known.get(name)!,
      inputStride: inputStrides.get(name) ?? 0,
    })),
  };
}

/**
 * The shape alone that `pattern` gives a tensor of `shape`: for planning, whatever its size.
 *
 * @throws {VitrailError} as {@linkcode resolveLayout} does, but for `limit`.
 */
export function outputShapeOf(
  pattern: Pattern,
  shape: readonly number[],
  sizes: Readonly<Record<string, number>> = {},
): number[] {
  const known = sizesOf(pattern, shape, sizes);
  return pattern.right.map((axis) => countOf(axis.map((factor) => known.get(factor.name)!)));
}

/** The row-major stride of each of `names`, the last being the fastest. */
function stridesOf(names: readonly string[], sizes: ReadonlyMap<string, number>): Map<string, number> {
  const strides = new Map<string, number>();
  let stride = 1;
  for (const name of names.toReversed()) {
    strides.set(name, stride);
    stride *= sizes.get(name)!;
  }
  return strides;
}

/** For every combination of the digits `names`, in row-major order, the sum of digit · stride. */
function sumsOf(
  names: readonly string[],
  sizes: ReadonlyMap<string, number>,
  strides: ReadonlyMap<string, number>,
): number[] {
  let sums = [0];
  for (const name of names) {
    const steps = Array.from({ length: sizes.get(name)! }, (_, digit) => digit * strides.get(name)!);
    sums = sums.flatMap((sum) => steps.map((step) => sum + step));
  }
  return sums;
}
