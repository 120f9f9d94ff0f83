/** A size in pixels. */
export interface Size {
  width: number;
  height: number;
}

/** A position in pixels, from the top left. */
export interface Point {
  x: number;
  y: number;
}

/** A rectangle in pixels; `right` and `bottom` are exclusive, and fractions are allowed. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** The indices `from`, `from + 1` … up to `to`, which is not one of them. */
export interface Range {
  from: number;
  to: number;
}

/** How many indices a range has. */
export function lengthOf({ from, to }: Range): number {
  return to - from;
}

/** `size` with its axes exchanged. */
export function transposedSize(size: Size): Size {
  return { width: size.height, height: size.width };
}

/** The box that covers all of `size`. */
export function wholeOf(size: Size): Box {
  return { left: 0, top: 0, right: size.width, bottom: size.height };
}

/** A box's size. */
export function sizeOf({ left, top, right, bottom }: Box): Size {
  return { width: right - left, height: bottom - top };
}

/** What two boxes have in common; `right` is at most `left`, or `bottom` at most `top`, where that is nothing. */
export function overlapOf(a: Box, b: Box): Box {
  return {
    left: Math.max(a.left, b.left),
    top: Math.max(a.top, b.top),
    right: Math.min(a.right, b.right),
    bottom: Math.min(a.bottom, b.bottom),
  };
}

/** `1920x1080`, as sizes are printed. */
export function sizeText(size: Size): string {
  return `${size.width}x${size.height}`;
}

/** Whether a canvas is of whole tiles: a global view's scales are whole numbers then, and it has no other. */
export function isOfTiles(canvas: Size, tile: Size): boolean {
  return canvas.width % tile.width === 0 && canvas.height % tile.height === 0;
}
