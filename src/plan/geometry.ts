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

/** `size` with its axes exchanged. */
export function transposed(size: Size): Size {
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

/** `1920x1080`, as sizes are printed. */
export function sizeText(size: Size): string {
  return `${size.width}x${size.height}`;
}
