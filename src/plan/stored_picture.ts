import { type Size, transposedSize } from "./geometry.ts";

/** Decoded pixels as executors take them: RGBA bytes, row-major, as stored in the file. */
export interface StoredPicture {
  width: number;
  height: number;
  /** `[height, width, 4]`; the fourth byte is ignored. */
  data: Uint8Array;
  /** The EXIF orientation to apply, 1 (as stored) to 8. */
  orientation: number;
}

/** Source pictures by their index in the call. */
export type Pictures = ReadonlyMap<number, StoredPicture>;

/**
 * How an EXIF orientation (1 to 8) carries an upright pixel `(x, y)` to the stored one:
 * `stored = (a·x + b·y + c, d·x + e·y + f)`. Source: the EXIF 2.3 standard, tag 0x0112.
 */
export interface StoredPixel {
  a: number;
  b: number;
  c: number;
  d: number;
  e: number;
  f: number;
}

/** The size that a stored picture has when upright. */
export function uprightSize(stored: Size, orientation: number): Size {
  return orientation >= 5 ? transposedSize(stored) : { width: stored.width, height: stored.height };
}

/** The stored pixel of each upright pixel. */
export function storedPixel(stored: Size, orientation: number): StoredPixel {
  const right = stored.width - 1, bottom = stored.height - 1;
  switch (orientation) {
    case 2:
      return { a: -1, b: 0, c: right, d: 0, e: 1, f: 0 };
    case 3:
      return { a: -1, b: 0, c: right, d: 0, e: -1, f: bottom };
    case 4:
      return { a: 1, b: 0, c: 0, d: 0, e: -1, f: bottom };
    case 5:
      return { a: 0, b: 1, c: 0, d: 1, e: 0, f: 0 };
    case 6:
      return { a: 0, b: 1, c: 0, d: -1, e: 0, f: bottom };
    case 7:
      return { a: 0, b: -1, c: right, d: -1, e: 0, f: bottom };
    case 8:
      return { a: 0, b: -1, c: right, d: 1, e: 0, f: 0 };
    default:
      return { a: 1, b: 0, c: 0, d: 0, e: 1, f: 0 };
  }
}
