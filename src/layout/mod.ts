/**
 * Einops-style patterns, parsed and fitted to shapes: digits and strides, no data.
 *
 * @module
 */

export type { Axis, Factor } from "./factor.ts";
export { type Digit, type Layout, outputShapeOf, resolveLayout } from "./layout.ts";
export { parsePattern, type Pattern } from "./pattern.ts";
export { checkReshape, elementsOf, reshapeError, shapeText } from "./reshape.ts";
