import { VitrailError } from "../errors.ts";

/** The number of elements of a tensor of `shape`. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** `[1, 3, 336]`, as shapes are printed. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/**
 * The `shape` error of a tensor of `values` elements that a reshape to `shape` does not fit: it names both counts and,
 * where changing the leading axis alone would help, the leading size that would.
 */
export function reshapeError(values: number, shape: readonly number[]): VitrailError {
  const message = `a tensor of ${values} values does not fit the shape ${shapeText(shape)}, ` +
    `which holds ${countOf(shape)}: ${leadingAdvice(values, shape)}`;
  return new VitrailError("shape", message);
}

/**
 * Holds a tensor's element count against the shape that it is to be given.
 *
 * ```ts
 * import { checkReshape } from "./shape.ts";
 * import { assertThrows } from "@std/assert";
 *
 * checkReshape(5080320, [1, 3, 5, 336, 3, 336]);
 * assertThrows(() => checkReshape(10160640, [1, 3, 5, 336, 3, 336]), Error, "a leading 2 would fit");
 * ```
 *
 * @throws {VitrailError} `shape`, as {@linkcode reshapeError} words it, or where a size is not a whole number.
 */
export function checkReshape(values: number, shape: readonly number[]): void {
  const bad = shape.findIndex((size) => !Number.isSafeInteger(size) || size < 0);
  if (bad >= 0) {
    throw new VitrailError(
      "shape",
      `axis ${bad} of the shape ${shapeText(shape)} is not a whole number of elements`,
    );
  }
  if (countOf(shape) !== values) throw reshapeError(values, shape);
}

/** Which leading size would make `shape` hold `values`, or why none would. */
function leadingAdvice(values: number, shape: readonly number[]): string {
  if (shape.length === 0) return `a shape without axes holds one value`;
  const rest = countOf(shape.slice(1));
  if (rest > 0 && values % rest === 0) return `a leading ${values / rest} would fit, it has ${shape[0]}`;
  return `no leading size would fit, since ${values} is not a multiple of the other axes' ${rest}`;
}
