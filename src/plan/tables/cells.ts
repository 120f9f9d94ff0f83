import type { Size } from "../geometry.ts";

/**
 * Returns the factor by which a sum over `count` bytes becomes their mean as Pillow divides:
 * `(sum + ⌊count / 2⌋) · factor / 2²⁴`, cut off to a whole number.
 * Source: Pillow `src/libImaging/Reduce.c`, `division_UINT32`.
 */
export function meanFactor(count: number): number {
  return Math.trunc(Math.fround(2 ** 32 / Math.fround(count * 256)));
}

/** Returns the size of a canvas that has a pixel for each cell of a source, those at its edges cut off. */
export function cellGrid(source: Size, cell: Size): Size {
  return { width: Math.ceil(source.width / cell.width), height: Math.ceil(source.height / cell.height) };
}
