import { type Size, transposedSize } from "./geometry.ts";

/** Decoded pixels as executors take them: row-major bytes, as stored in the file. */
export interface StoredPicture {
  /** Stored pixels across. */
  width: number;
  /** Stored pixels down. */
  height: number;
  /** RGB bytes `[height, width, 3]`, or RGBA `[height, width, 4]`, whose fourth byte is ignored. */
  data: Uint8Array;
  /** The EXIF orientation to apply, 1 (as stored) to 8. */
  orientation: number;
  /** True where nobody else holds the bytes: their memory may be freed before the garbage is collected. */
  own?: boolean;
}

/** Returns the bytes of a stored pixel. */
export function pixelBytes({ width, height, data }: StoredPicture): 3 | 4 {
  return data.length === width * height * 3 ? 3 : 4;
}

/** Source pictures by their index in the call. */
export type Pictures = ReadonlyMap<number, StoredPicture>;

/**
 * The map of an EXIF orientation from an upright pixel `(x, y)` to the stored one:
 * `stored = (a·x + b·y + c, d·x + e·y + f)`.
 */
export interface StoredPixel {
  /** Stored columns per upright column. */
  a: number;
  /** Stored columns per upright line. */
  b: number;
  /** The stored column of the upright top left. */
  c: number;
  /** Stored lines per upright column. */
  d: number;
  /** Stored lines per upright line. */
  e: number;
  /** The stored line of the upright top left. */
  f: number;
}

/** Returns the size that a stored picture has when upright. */
export function uprightSize(stored: Size, orientation: number): Size {
  return orientation >= 5 ? transposedSize(stored) : { width: stored.width, height: stored.height };
}

/**
 * Returns the map from upright pixels to those of a picture of the size `stored`. An upright picture of 2x3
 * pixels is stored so under each orientation, 1 to 8:
 *
 *      1      2      3      4       5        6        7        8
 *     A B    B A    F E    E F    A C E    B D F    F D B    E C A
 *     C D    D C    D C    C D    B D F    A C E    E C A    F D B
 *     E F    F E    B A    A B
 *
 * Source: the EXIF 2.3 standard, tag 0x0112.
 */
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
