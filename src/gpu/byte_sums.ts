import { pixelBytes, type StoredPicture, storedPixel, uprightSize } from "../plan/stored_picture.ts";
import { type ByteSums, occurrencesIn, type Standard } from "../plan/tables/standard.ts";

/**
 * Returns the sums over a picture's bytes of packed RGB. They are made on the CPU, where the pixels lie
 * before they are uploaded: a table of values is wanted before the GPU can begin, and it is made of no more
 * than these.
 */
export function byteSums(bytes: Uint8Array, { sums }: Standard): ByteSums {
  return {
    count: bytes.length,
    sum: (values) => sums === "numpy" ? halvesOf(values, bytes, 0, bytes.length) : lanesOf(values, bytes),
    occurrences: () => occurrencesIn(bytes),
  };
}

const { fround } = Math;

/** The lanes that are added now. An array for each range would take longer than its sums. */
const LANES = new Float32Array(8);

/** Adds as numpy does: pairs of ranges, of which the shortest are added in eight lanes. */
function halvesOf(values: Float32Array, bytes: Uint8Array, from: number, count: number): number {
  if (count > 128) {
    const first = 8 * Math.floor(count / 16);
    return fround(
      halvesOf(values, bytes, from, first) + halvesOf(values, bytes, from + first, count - first),
    );
  }
  const lanes = LANES.fill(0), whole = count - count % 8;
  for (let i = 0; i < whole; i++) lanes[i & 7] += values[bytes[from + i]];
  for (let step = 1; step < 8; step *= 2) {
    for (let lane = 0; lane < 8; lane += 2 * step) lanes[lane] += lanes[lane + step];
  }
  for (let i = whole; i < count; i++) lanes[0] += values[bytes[from + i]];
  return lanes[0];
}

/** Adds as torch does: 32 lanes, each with four sums, of which a full one is added to the next. */
function lanesOf(values: Float32Array, bytes: Uint8Array): number {
  const count = bytes.length, rows = Math.floor(count / 32);
  let bits = 1;
  while (2 ** bits < rows) bits++;
  const full = 2 ** Math.max(4, Math.floor(bits / 4)), lanes = new Float32Array(32);
  for (let lane = 0; lane < 32; lane++) {
    const sums = new Float32Array(4);
    for (let row = 0; row < rows;) {
      const end = Math.min(rows, row + full);
      let sum = 0;
      for (; row < end; row++) sum = fround(sum + values[bytes[row * 32 + lane]]);
      sums[0] = sum;
      for (let level = 0, done = row; level < 3 && done % full === 0; level++, done /= full) {
        sums[level + 1] += sums[level];
        sums[level] = 0;
      }
    }
    for (const upper of sums.subarray(1)) sums[0] += upper;
    lanes[lane] = sums[0];
  }
  const vectors = count - count % 8;
  for (let i = rows * 32; i < vectors; i++) lanes[i % 8] += values[bytes[i]];
  for (let lane = 8; lane < 32; lane++) lanes[lane % 8] += lanes[lane];
  let total = 0;
  for (let i = vectors; i < count; i++) total = fround(total + values[bytes[i]]);
  for (let lane = 0; lane < 8; lane++) total = fround(total + lanes[lane]);
  return total;
}

/** Returns a picture's upright pixels, three bytes each; its own where it is stored so. */
export function uprightBytes(picture: StoredPicture): Uint8Array {
  const { data, orientation } = picture, stored = pixelBytes(picture);
  if (orientation === 1 && stored === 3) return data as Uint8Array;
  const { a, b, c, d, e, f } = storedPixel(picture, orientation);
  const { width, height } = uprightSize(picture, orientation), own = new Uint8Array(width * height * 3);
  const step = (d * picture.width + a) * stored; // from a pixel to the next one of its line
  for (let y = 0, to = 0; y < height; y++) {
    let from = ((e * y + f) * picture.width + b * y + c) * stored;
    for (let x = 0; x < width; x++, from += step) {
      own[to++] = data[from];
      own[to++] = data[from + 1];
      own[to++] = data[from + 2];
    }
  }
  return own;
}
