import { lengthOf, type Range } from "../plan/geometry.ts";
import type { Taps } from "../plan/tables/taps.ts";
import type { FloatTaps } from "../plan/tables/float_taps.ts";
import type { Arena } from "./arena.ts";

/** An axis's taps in the arena, as the kernels read them: an entry an output pixel. */
export interface TapTable {
  /** The first entry's address, bytes. */
  address: number;
  /** Bytes from one entry to the next. */
  stride: number;
}

const LOWER_BITS = 11; // of a weight's 22
const LOWER = (1 << LOWER_BITS) - 1;

/**
 * Writes Pillow's taps: `first · unit, pairs, (upper, lower) of each pair`, where `upper · 2048 + lower` is a
 * weight and either part holds those of two taps, in 16 bits each.
 * @param unit what the index of a first source pixel is multiplied by: the bytes of a pixel, or 1 for lines
 */
export function writeTaps(arena: Arena, taps: Taps, unit: number): TapTable {
  const { length, width, first, count, weights } = taps;
  const words = 2 + 2 * Math.ceil(width / 2), stride = words * 4;
  const address = arena.take(length * stride), table = arena.words;
  for (let i = 0, at = address / 4; i < length; i++, at += words) {
    const pairs = (count[i] + 1) >> 1, own = i * width;
    table[at] = first[i] * unit;
    table[at + 1] = pairs;
    for (let pair = 0, to = at + 2; pair < pairs; pair++, to += 2) {
      const one = weights[own + 2 * pair];
      const other = 2 * pair + 1 < count[i] ? weights[own + 2 * pair + 1] : 0;
      table[to] = one >> LOWER_BITS & 0xffff | other >> LOWER_BITS << 16;
      table[to + 1] = one & LOWER | (other & LOWER) << 16;
    }
  }
  return { address, stride };
}

/** Writes torch's taps: `first, count, weights` as f32. */
export function writeFloatTaps(arena: Arena, taps: FloatTaps): TapTable {
  const { length, width, first, count, weights } = taps;
  const words = 2 + width, stride = words * 4;
  const address = arena.take(length * stride), table = arena.words;
  const bits = new Int32Array(weights.buffer, weights.byteOffset, weights.length);
  for (let i = 0, at = address / 4; i < length; i++, at += words) {
    table[at] = first[i];
    table[at + 1] = count[i];
    table.set(bits.subarray(i * width, i * width + count[i]), at + 2);
  }
  return { address, stride };
}

/** Taps of either resampler. */
export type AnyTaps = Taps | FloatTaps;

/** Returns the taps of the output pixels of a range alone. */
export function someTaps<T extends AnyTaps>(taps: T, { from, to }: Range): T {
  return {
    ...taps,
    length: to - from,
    first: taps.first.subarray(from, to),
    count: taps.count.subarray(from, to),
    weights: taps.weights.subarray(from * taps.width, to * taps.width),
  };
}

/** Returns whether each output pixel is the source pixel at its own place, counted from some first one. */
export function isCopy({ width, length, first }: AnyTaps): boolean {
  return width === 1 && first.every((pixel, i) => pixel === first[0] + i) && length > 0;
}

/** Returns the source pixels that some output pixels weigh. Both ends only grow along an axis. */
export function sourceRange({ first, count }: AnyTaps, { from, to }: Range): Range {
  return { from: first[from], to: first[to - 1] + count[to - 1] };
}

/**
 * Cuts an axis into ranges of output pixels whose source pixels are `most` or a few more, each at least one
 * long.
 * @param most the source pixels that a range should weigh
 */
export function bandsOf(taps: AnyTaps, most: number): Range[] {
  const bands: Range[] = [], { length } = taps;
  for (let from = 0; from < length;) {
    let to = Math.min(length, from + 4);
    while (to < length && lengthOf(sourceRange(taps, { from, to: to + 1 })) <= most) to++;
    bands.push({ from, to });
    from = to;
  }
  return bands;
}
