import type { Layout } from "../layout/layout.ts";
import type { Size } from "../plan/geometry.ts";
import { pixelBytes, type StoredPicture, storedPixel, uprightSize } from "../plan/stored_picture.ts";
import { occurrencesIn, type Standard, standardTable } from "../plan/tables/standard.ts";
import type { Target } from "../plan/view.ts";
import type { StoredElements } from "./element_tables.ts";

const { fround } = Math;

/**
 * Returns the value of each byte of a picture, `[256]`, by its own mean and deviation. Each sum is of one
 * element, in an order that is given, so it is made without vectors.
 */
export function standardValues(picture: StoredPicture, standard: Standard): Float32Array {
  const bytes = uprightBytes(picture, uprightSize(picture, picture.orientation));
  const sum = standard.sums === "numpy" ? sumByHalves : sumInLanes;
  return standardTable(standard, {
    count: bytes.length,
    sum: (values) => sum(bytes, values, 0, bytes.length),
    occurrences: () => occurrencesIn(bytes),
  });
}

/** Returns a picture's upright RGB bytes; its own where it is stored so. */
function uprightBytes(picture: StoredPicture, { width, height }: Size): Uint8Array {
  const { data, orientation } = picture, bytes = pixelBytes(picture);
  if (orientation === 1 && bytes === 3) return data;
  const { a, b, c, d, e, f } = storedPixel(picture, orientation), own = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    for (let x = 0; x < width; x++, to += 3) {
      const from = ((d * x + e * y + f) * picture.width + a * x + b * y + c) * bytes;
      own[to] = data[from];
      own[to + 1] = data[from + 1];
      own[to + 2] = data[from + 2];
    }
  }
  return own;
}

/** Adds values of the bytes `from`..`to`: as numpy does, a half, then the other. */
function sumByHalves(bytes: Uint8Array, values: Float32Array, from: number, to: number): number {
  const count = to - from;
  if (count > 128) {
    const middle = from + Math.floor(count / 16) * 8;
    return fround(sumByHalves(bytes, values, from, middle) + sumByHalves(bytes, values, middle, to));
  }
  let a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0, i = from;
  for (const last = to - 8; i <= last; i += 8) {
    a = fround(a + values[bytes[i]]);
    b = fround(b + values[bytes[i + 1]]);
    c = fround(c + values[bytes[i + 2]]);
    d = fround(d + values[bytes[i + 3]]);
    e = fround(e + values[bytes[i + 4]]);
    f = fround(f + values[bytes[i + 5]]);
    g = fround(g + values[bytes[i + 6]]);
    h = fround(h + values[bytes[i + 7]]);
  }
  let sum = fround(fround(fround(a + b) + fround(c + d)) + fround(fround(e + f) + fround(g + h)));
  for (; i < to; i++) sum = fround(sum + values[bytes[i]]);
  return sum;
}

/** Adds values of all bytes as torch does: 32 lanes, which empty themselves into lanes of higher levels. */
function sumInLanes(bytes: Uint8Array, values: Float32Array): number {
  const { length } = bytes, rows = length >> 5, bits = rows < 2 ? 1 : 32 - Math.clz32(rows - 1);
  const power = Math.max(4, bits >> 2), mask = (1 << power) - 1, lanes = new Float32Array(128);
  let i = 0;
  for (let row = 1; row <= rows; row++) {
    for (let lane = 0; lane < 32; lane++) lanes[lane] += values[bytes[i++]];
    for (let level = 0, part = row; level < 3 && (part & mask) === 0; level++, part >>= power) {
      for (let lane = level * 32; lane < level * 32 + 32; lane++) {
        lanes[lane + 32] += lanes[lane];
        lanes[lane] = 0;
      }
    }
  }
  for (let lane = 32; lane < 128; lane++) lanes[lane & 31] += lanes[lane];
  for (const end = length & ~7; i < end; i++) lanes[i & 7] += values[bytes[i]];
  for (let lane = 8; lane < 32; lane++) lanes[lane & 7] += lanes[lane];
  let sum = 0;
  for (; i < length; i++) sum = fround(sum + values[bytes[i]]);
  for (let lane = 0; lane < 8; lane++) sum = fround(sum + lanes[lane]);
  return sum;
}

/**
 * Stores a canvas of floats, four a pixel, in its rows of the output, and before each row its patch's place.
 */
export function storeStandard(
  floats: StoredElements,
  { offsets: [channels, lines, columns], repeats: [first], outputShape }: Layout,
  { rows, places }: Target,
  numbers: StoredElements,
  output: StoredElements,
  base: number,
): void {
  let from = 0;
  for (const line of lines) {
    const start = base + first + line;
    for (let x = 0; x < columns.length; x++, from += 4) {
      const at = start + columns[x];
      output[at + channels[0]] = floats[from];
      output[at + channels[1]] = floats[from + 1];
      output[at + channels[2]] = floats[from + 2];
    }
  }
  if (!places) return;
  for (let patch = 0; patch < rows; patch++) {
    output[base + patch * outputShape[1]] = numbers[Math.floor(patch / places) + 1];
    output[base + patch * outputShape[1] + 1] = numbers[patch % places + 1];
  }
}
