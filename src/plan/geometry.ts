import { shown } from "../errors.ts";
import { requireGiven } from "../given/given_value.ts";

/** A size in pixels. */
export interface Size {
  /** Pixels across. */
  width: number;
  /** Pixels down. */
  height: number;
}

/** A position in pixels, from the top left. */
export interface Point {
  /** Pixels to the right. */
  x: number;
  /** Pixels down. */
  y: number;
}

/**
 * A rectangle in pixels, from the top left. Fractions are allowed.
 *
 *     (0, 0)   left       right
 *        top    ┌───────────┐
 *               │           │
 *        bottom └───────────┘   right and bottom are one past the last pixel
 */
export interface Box {
  /** The first column of pixels. */
  left: number;
  /** The first line of pixels. */
  top: number;
  /** The column after the last one. */
  right: number;
  /** The line after the last one. */
  bottom: number;
}

/**
 * Requires a rectangle.
 * @throws {VitrailError} `usage` for anything else.
 */
export function requireBox(name: string, box: Box): void {
  requireGiven(name, box, "an object", "{ left, top, right, bottom }");
  for (const side of ["left", "top", "right", "bottom"] as const) {
    requireGiven(`${name}.${side}`, box[side], "a number");
  }
}

/** The indices from one up to another, which is not one of them. */
export interface Range {
  /** The first index. */
  from: number;
  /** The index after the last one. */
  to: number;
}

/** Returns how many indices a range has. */
export function lengthOf({ from, to }: Range): number {
  return to - from;
}

/**
 * Returns the size of something that is transposed:
 *
 *     A B C               A D
 *     D E F   3x2   ─▶    B E   2x3
 *                         C F
 */
export function transposedSize(size: Size): Size {
  return { width: size.height, height: size.width };
}

/** Returns the box that covers all of `size`. */
export function wholeOf(size: Size): Box {
  return { left: 0, top: 0, right: size.width, bottom: size.height };
}

/** Returns a box's size. */
export function sizeOf({ left, top, right, bottom }: Box): Size {
  return { width: right - left, height: bottom - top };
}

/** Returns the box that two boxes share. Where they share none, its width or its height is 0 or less. */
export function overlapOf(a: Box, b: Box): Box {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

/** Returns a size as it is printed: `1920x1080`. */
export function sizeText(size: Size): string {
  return `${shown(size.width)}x${shown(size.height)}`; // a caller's mistake may be anything
}

/** Tells whether a canvas is made of whole tiles, so that the scales of its global view are whole numbers. */
export function isOfTiles(canvas: Size, tile: Size): boolean {
  return canvas.width % tile.width === 0 && canvas.height % tile.height === 0;
}
