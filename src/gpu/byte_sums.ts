import type { Size } from "../plan/geometry.ts";
import { pixelBytes, type StoredPicture, storedPixel } from "../plan/stored_picture.ts";
import type { ByteSums, Standard } from "../plan/tables/standard.ts";

/**
 * Returns the sums over a picture's pixels of packed RGBA. They are made on the CPU, where the pixels lie
 * before they are uploaded: a table of values is wanted before the GPU can begin, and it is made of no more
 * than these.
 */
export function byteSums(pixels: Uint8Array, { sums }: Standard): ByteSums {
  const count = pixels.length / 4 * 3;
  return {
    count,
    sum: (values) => {
      const valueAt = (byte: number) => values[pixels[byte + Math.floor(byte / 3)]];
      return sums === "numpy" ? halvesOf(valueAt, 0, count) : lanesOf(valueAt, count);
    },
    occurrences: () => {
      const counts = new Array<number>(256).fill(0);
      for (let at = 0; at < pixels.length; at++) if (at % 4 < 3) counts[pixels[at]]++;
      return counts;
    },
  };
}

/** Adds as numpy does: pairs of ranges, of which the shortest are added in eight lanes. */
function halvesOf(valueAt: (byte: number) => number, from: number, count: number): number {
  const { fround } = Math;
  if (count > 128) {
    const first = 8 * Math.floor(count / 16);
    return fround(halvesOf(valueAt, from, first) + halvesOf(valueAt, from + first, count - first));
  }
  const lanes = new Float32Array(8), whole = count - count % 8;
  for (let i = 0; i < whole; i++) lanes[i & 7] += valueAt(from + i);
  for (let step = 1; step < 8; step *= 2) {
    for (let lane = 0; lane < 8; lane += 2 * step) lanes[lane] += lanes[lane + step];
  }
  for (let i = whole; i < count; i++) lanes[0] += valueAt(from + i);
  return lanes[0];
}

/** Adds as torch does: 32 lanes, each with four sums, of which a full one is added to the next. */
function lanesOf(valueAt: (byte: number) => number, count: number): number {
  const rows = Math.floor(count / 32);
  let bits = 1;
  while (2 ** bits < rows) bits++;
  const full = 2 ** Math.max(4, Math.floor(bits / 4)), lanes = new Float32Array(32);
  for (let lane = 0; lane < 32; lane++) {
    const sums = new Float32Array(4);
    for (let row = 0; row < rows; row++) {
      sums[0] += valueAt(row * 32 + lane);
      for (let level = 0, done = row + 1; level < 3 && done % full === 0; level++, done /= full) {
        sums[level + 1] += sums[level];
        sums[level] = 0;
      }
    }
    for (const upper of sums.subarray(1)) sums[0] += upper;
    lanes[lane] = sums[0];
  }
  const vectors = count - count % 8;
  for (let i = rows * 32; i < vectors; i++) lanes[i % 8] += valueAt(i);
  for (let lane = 8; lane < 32; lane++) lanes[lane % 8] += lanes[lane];
  const total = new Float32Array(1);
  for (let i = vectors; i < count; i++) total[0] += valueAt(i);
  for (let lane = 0; lane < 8; lane++) total[0] += lanes[lane];
  return total[0];
}

/** Returns a picture's upright pixels, four bytes each; its own where it is stored so. */
export function uprightPixels(picture: StoredPicture, { width, height }: Size): Uint8Array<ArrayBuffer> {
  const { data, orientation } = picture, bytes = pixelBytes(picture);
  if (orientation === 1 && bytes === 4) return data as Uint8Array<ArrayBuffer>;
  const { a, b, c, d, e, f } = storedPixel(picture, orientation), own = new Uint8Array(width * height * 4);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 4) {
      const from = ((d * x + e * y + f) * picture.width + (a * x + b * y + c)) * bytes;
      for (let channel = 0; channel < 3; channel++) own[to + channel] = data[from + channel];
    }
  }
  return own;
}
