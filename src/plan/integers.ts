import { shown, VitrailError } from "../errors.ts";
import { countOf } from "../layout/shape.ts";
import { flatMapInSteps } from "../runtime/in_steps.ts";
import { plainList } from "../runtime/long_list.ts";
import type { IntegerType } from "./dtype.ts";
import type { Range, Size } from "./geometry.ts";

/** An output of whole numbers, which the pictures' sizes alone decide: grids, masks, counts. */
export interface IntegerOutput {
  /** The element type; `f32` where Python has floats for whole numbers, as in some masks. */
  dtype: IntegerType;
  /** The shape. */
  shape: number[];
  /** The elements in row-major order, or what stands for many of them. */
  values: readonly number[] | MaskOnes | LeadingOnes | GridPositions;
  /** The lengths of the lists that Python returns in place of a tensor; absent where it returns a tensor. */
  lists?: number[];
}

/**
 * Masks, as the sizes of their ones. A mask is a plane of the last two axes `[height, width]`, with a
 * rectangle of ones at its top left:
 *
 *     1 1 1 0 0
 *     1 1 1 0 0   ones: 3x2
 *     0 0 0 0 0
 */
export interface MaskOnes {
  /** The size of each mask's rectangle. */
  ones: readonly Size[];
}

/** Masks that begin with ones along the last axis, as how many these are: 3, 1 for `1 1 1 0`, `1 0 0 0`. */
export interface LeadingOnes {
  /** The number of ones, for each index of the axes before. */
  leading: readonly number[];
}

/**
 * Positions of patches `[…, most, 2]`, as the grids that they lie on. Each grid's patches follow one
 * another in row-major order, each as its column and its line; −1 stands in all places after them:
 *
 *     grid 3x2, most 8:   0 0   1 0   2 0   0 1   1 1   2 1   -1 -1   -1 -1
 */
export interface GridPositions {
  /** The size of each grid, in patches. */
  grids: readonly Size[];
}

/** Returns an output `[sizes, 2]` of heights and widths: each size is a row. It is made in steps. */
export function* sizeRows(sizes: readonly Size[]): Generator<void, IntegerOutput, void> {
  const values = yield* flatMapInSteps(sizes, ({ width, height }) => [height, width]);
  return { dtype: "i64", shape: [sizes.length, 2], values };
}

/** The typed arrays that hold integers: of `i64`, of `i32`, of `bool`, one byte each, and of `f32`. */
export type IntegerData = BigInt64Array | Int32Array | Uint8Array | Float32Array;

/**
 * Returns an integer output's elements, in row-major order.
 * @throws {VitrailError} `recipe` where a number among those of `i64` is not whole.
 */
export function integerData({ dtype, shape, values }: IntegerOutput): IntegerData {
  if ("ones" in values) return masksOf(dtype, shape, values.ones);
  if ("leading" in values) {
    const { leading } = values, width = shape[shape.length - 1];
    return masksOf(dtype, [leading.length, 1, width], leading.map((width) => ({ width, height: 1 })));
  }
  if ("grids" in values) return elementsOf(dtype, positionsOf(values.grids, shape[shape.length - 2]));
  return elementsOf(dtype, plainList(values));
}

/** Returns numbers as elements of a type. */
function elementsOf(dtype: IntegerType, values: readonly number[] | Int32Array): IntegerData {
  switch (dtype) {
    case "i64":
      requireWhole(values);
      return longsOf(values);
    case "i32":
      return Int32Array.from(values);
    case "bool":
      return Uint8Array.from(values);
    case "f32":
      return Float32Array.from(values);
  }
}

/** Refuses numbers that would lose something as whole ones, such as those that a recipe divided. */
function requireWhole(values: ArrayLike<number>): void {
  for (let i = 0; i < values.length; i++) {
    if (Number.isSafeInteger(values[i])) continue;
    throw new VitrailError(
      "recipe",
      `an output of i64 has ${shown(values[i])} at ${i}, which is no whole number`,
    );
  }
}

const LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/**
 * Returns whole numbers, from −2⁵³ to 2⁵³, as 64 bits each. `BigInt64Array.from` with a BigInt for each would
 * take ten times as long, so the halves of each are written as words.
 */
export function longsOf(values: ArrayLike<number>): BigInt64Array<ArrayBuffer> {
  const longs = new BigInt64Array(values.length), words = new Int32Array(longs.buffer);
  const [low, high] = LITTLE_ENDIAN ? [0, 1] : [1, 0];
  for (let i = 0; i < values.length; i++) {
    words[2 * i + low] = values[i];
    words[2 * i + high] = Math.floor(values[i] / 2 ** 32);
  }
  return longs;
}

/** Returns whole numbers of 64 bits as such of 32, which hold them: {@linkcode longsOf} undone. */
export function intsOf(longs: BigInt64Array): Int32Array {
  const words = new Int32Array(longs.buffer, longs.byteOffset), low = LITTLE_ENDIAN ? 0 : 1;
  const values = new Int32Array(longs.length);
  for (let i = 0; i < values.length; i++) values[i] = words[2 * i + low];
  return values;
}

/** Returns the column and the line of each patch of each grid, and −1 in the places of `most` after them. */
function positionsOf(grids: readonly Size[], most: number): Int32Array {
  const positions = new Int32Array(grids.length * most * 2).fill(-1);
  for (const [index, { width, height }] of grids.entries()) {
    let at = index * most * 2;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        positions[at++] = x;
        positions[at++] = y;
      }
    }
  }
  return positions;
}

/**
 * Returns masks, filled a line at a time. They have millions of elements: one by one, these would take longer
 * than the pictures' pixels.
 */
function masksOf(
  dtype: IntegerType,
  shape: readonly number[],
  ones: readonly Size[],
): IntegerData {
  const [height, width] = shape.slice(-2);
  const lines = ones.flatMap((size, plane) =>
    Array.from({ length: size.height }, (_, y): Range => {
      const from = (plane * height + y) * width;
      return { from, to: from + size.width };
    })
  );
  const count = countOf(shape);
  if (dtype === "i64") {
    const masks = new BigInt64Array(count);
    for (const { from, to } of lines) masks.fill(1n, from, to);
    return masks;
  }
  const masks = new { i32: Int32Array, bool: Uint8Array, f32: Float32Array }[dtype](count);
  for (const { from, to } of lines) masks.fill(1, from, to);
  return masks;
}
