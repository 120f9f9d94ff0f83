import type { StoredPicture } from "../../../src/plan/stored_picture.ts";

/** The bytes before the pixels: a file header of 14, and the oldest information header of 40. */
const HEADER = 54;

/** Returns RGBA pixels `[height, width, 4]` as a BMP of 24 bits a pixel, which costs no packing. */
export function bmpOf({ width, height, data }: StoredPicture): Uint8Array {
  const line = Math.ceil(width * 3 / 4) * 4, bytes = new Uint8Array(HEADER + line * height);
  const header = new DataView(bytes.buffer);
  bytes.set([0x42, 0x4d]);
  for (const [at, value] of [[2, bytes.length], [10, HEADER], [14, 40], [18, width], [22, height]]) {
    header.setUint32(at, value, true);
  }
  header.setUint16(26, 1, true);
  header.setUint16(28, 24, true);
  for (let y = 0, from = 0; y < height; y++) {
    let at = HEADER + (height - 1 - y) * line; // the lowest line comes first
    for (let x = 0; x < width; x++, from += 4) {
      bytes[at++] = data[from + 2];
      bytes[at++] = data[from + 1];
      bytes[at++] = data[from];
    }
  }
  return bytes;
}
