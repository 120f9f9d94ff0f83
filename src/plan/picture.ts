/** Decoded pixels as executors take them: RGBA bytes, row-major, as stored in the file. */
export interface StoredPicture {
  width: number;
  height: number;
  /** `[height, width, 4]`; the fourth byte is ignored. */
  data: Uint8Array;
  /** The EXIF orientation to apply, 1 (as stored) to 8. */
  orientation: number;
}
