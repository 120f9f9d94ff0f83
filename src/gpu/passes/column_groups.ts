import { GROUP } from "../invocations.ts";
import type { AnyTaps } from "./blocks.ts";

/** Windows of source pixels: each is all that a group of four columns weighs. */
export interface Windows {
  /** Groups, and so windows. */
  groups: number;
  /** Pixels of the longest window. */
  width: number;
  /** `[groups]`: each window's first pixel. */
  first: Int32Array;
  /** `[groups]`: each window's count of pixels. */
  count: Int32Array;
}

/**
 * Returns the windows of a content's columns in groups of four. Groups begin at multiples of four on the
 * canvas, so the first one lacks the `lead` columns, 0 to 3, that lie before the content; the last one may
 * lack some, too.
 *
 *     canvas columns    4  5  6  7 │ 8  9 10 11 │ 12 13 …        a content at 5 has a lead of 1
 *     content columns      0  1  2 │ 3  4  5  6 │  7  8 …
 *     source pixels       ├─ window 0 ─┤
 *                                ├─ window 1 ─┤
 */
export function groupWindows(taps: AnyTaps, lead: number): Windows {
  const groups = Math.ceil((lead + taps.length) / GROUP);
  const first = new Int32Array(groups), count = new Int32Array(groups);
  for (let group = 0; group < groups; group++) {
    const from = Math.max(0, group * GROUP - lead), to = Math.min(taps.length, (group + 1) * GROUP - lead);
    first[group] = taps.first[from]; // both ends of taps only grow along an axis
    count[group] = taps.first[to - 1] + taps.count[to - 1] - taps.first[from];
  }
  return { groups, width: count.reduce((a, b) => Math.max(a, b), 0), first, count };
}

/**
 * Returns the taps of groups, in texels of four words:
 * `window[groups], parts[groups], weights[groups, width]`. A window is its first pixel, its count of pixels,
 * and two zeros. The others have a word for each of the group's four columns: the part of the window that the
 * column weighs, its first pixel in the lower half and its end in the upper one; and a pixel's weight, 0
 * outside that part.
 */
export function groupTaps({ groups, width, first, count }: Windows, taps: AnyTaps, lead: number): Int32Array {
  const words = new Int32Array(groups * (2 + width) * GROUP);
  const bits = new Int32Array(taps.weights.buffer, taps.weights.byteOffset, taps.weights.length);
  for (let group = 0; group < groups; group++) {
    words[group * GROUP] = first[group];
    words[group * GROUP + 1] = count[group];
  }
  for (let column = 0; column < taps.length; column++) {
    const group = Math.floor((lead + column) / GROUP), within = (lead + column) % GROUP;
    const from = taps.first[column] - first[group], start = 2 * groups + group * width + from;
    words[(groups + group) * GROUP + within] = from | (from + taps.count[column]) << 16;
    for (let k = 0; k < taps.count[column]; k++) {
      words[(start + k) * GROUP + within] = bits[column * taps.width + k];
    }
  }
  return words;
}
