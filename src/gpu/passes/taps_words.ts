import { type FloatTaps, roundedTaps } from "../../plan/tables/float_taps.ts";
import type { Taps } from "../../plan/tables/taps.ts";

/** All that an output pixel weighs. */
export interface Weighed {
  /** Pixels and their weights, in the order in which they are added. */
  taps: (readonly [pixel: number, weight: number])[];
  /** So many of the first taps have products that are rounded before they are added. */
  rounded: number;
}

/** Returns the words of an output pixel's taps, which have room for `width` weights. */
export function tapStride(taps: Taps | FloatTaps): number {
  return 2 + ("unrolled" in taps ? 2 : 1) * taps.width;
}

/** Returns taps as the table that their kernel reads. */
export function tapsTable(taps: Taps | FloatTaps): Uint32Array | Int32Array {
  return "unrolled" in taps ? resamplingTable(taps) : bytesTable(taps);
}

/** Returns of each output pixel its first source pixel, the count of its taps, and their weights. */
function bytesTable({ length, width, first, count, weights }: Taps): Int32Array {
  const words = new Int32Array(length * (2 + width));
  for (let i = 0, at = 0, own = 0; i < length; i++) {
    words[at++] = first[i];
    words[at++] = count[i];
    for (const end = own + width; own < end; own++) words[at++] = weights[own];
  }
  return words;
}

/** Returns the table of {@linkcode weighedTable} for pixels that follow one another, made without lists. */
function resamplingTable(taps: FloatTaps): Uint32Array {
  const { length, width, first, count, weights } = taps, stride = 2 + 2 * width;
  const words = new Uint32Array(length * stride), floats = new Float32Array(words.buffer);
  for (let i = 0; i < length; i++) {
    let at = i * stride;
    words[at++] = count[i];
    words[at++] = roundedTaps(taps, count[i]);
    for (let k = 0; k < count[i]; k++) {
      words[at++] = first[i] + k;
      floats[at++] = weights[i * width + k];
    }
  }
  return words;
}

/** Returns the table of the taps of output pixels, which have room for `width` taps each. */
export function weighedTable(outputs: readonly Weighed[], width: number): Uint32Array {
  const stride = 2 + 2 * width;
  const words = new Uint32Array(outputs.length * stride), floats = new Float32Array(words.buffer);
  for (const [i, { taps, rounded }] of outputs.entries()) {
    let at = i * stride;
    words[at++] = taps.length;
    words[at++] = rounded;
    for (const [pixel, weight] of taps) {
      words[at++] = pixel;
      floats[at++] = weight;
    }
  }
  return words;
}
