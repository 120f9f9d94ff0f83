import { VitrailError } from "../errors.ts";

/** Returns the number of elements of a tensor of `shape`: the product of its sizes. */
export function countOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Returns a shape as it is printed: `[1, 3, 336]`. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/**
 * Makes the `shape` error of a tensor of `values` elements that a reshape to `shape` does not fit. It names
 * both counts. Where another leading size alone would fit, it names that, too.
 */
export function reshapeError(values: number, shape: readonly number[]): VitrailError {
  const message = `a tensor of ${values} values does not fit the shape ${shapeText(shape)}, ` +
    `which holds ${countOf(shape)}: ${leadingAdvice(values, shape)}`;
  return new VitrailError("shape", message);
}

/**
 * Requires that a tensor of `values` elements fits the shape that it is to be given.
 *
 * ```ts
 * import { checkReshape } from "./shape.ts";
 * import { assertThrows } from "@std/assert";
 *
 * checkReshape(5080320, [1, 3, 5, 336, 3, 336]);
 * assertThrows(() => checkReshape(10160640, [1, 3, 5, 336, 3, 336]), Error, "a leading 2 would fit");
 * ```
 *
 * @throws {VitrailError} `shape` where it does not, see {@linkcode reshapeError}, or where a size is not a
 * whole number.
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

/** Names the leading size that would make `shape` hold `values`, or the reason why none would. */
function leadingAdvice(values: number, shape: readonly number[]): string {
  if (shape.length === 0) return `a shape without axes holds one value`;
  const rest = countOf(shape.slice(1));
  if (rest > 0 && values % rest === 0) return `a leading ${values / rest} would fit, it has ${shape[0]}`;
  return `no leading size would fit, since ${values} is not a multiple of the other axes' ${rest}`;
}
