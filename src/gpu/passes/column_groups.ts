import { GROUP } from "../lanes.ts";
import type { AnyTaps } from "./blocks.ts";

/** Windows of source pixels, each weighed for a group of columns together. */
export interface Windows {
  groups: number;
  /** Pixels of the longest. */
  width: number;
  /** `[groups]`: each window's first pixel. */
  first: Int32Array;
  /** `[groups]`: its pixels. */
  count: Int32Array;
}

/** The windows of columns in groups of four; the first group holds `lead` fewer, 0 to 3. */
export function groupWindows(taps: AnyTaps, lead: number): Windows {
  const groups = Math.ceil((lead + taps.length) / GROUP);
  const first = new Int32Array(groups), count = new Int32Array(groups);
  for (let group = 0; group < groups; group++) {
    const from = Math.max(0, group * GROUP - lead), to = Math.min(taps.length, (group + 1) * GROUP - lead);
    first[group] = taps.first[from]; // both ends only grow along an axis
    count[group] = taps.first[to - 1] + taps.count[to - 1] - taps.first[from];
  }
  return { groups, width: count.reduce((a, b) => Math.max(a, b), 0), first, count };
}

/**
 * `window[groups], weights[groups, width]`, four words each: a window's first pixel and its pixels; a pixel's weight in each
 * of the group's columns, 0 where it has none.
 */
export function groupTaps({ groups, width, first, count }: Windows, taps: AnyTaps, lead: number): Int32Array {
  const words = new Int32Array(groups * (1 + width) * GROUP);
  const bits = new Int32Array(taps.weights.buffer, taps.weights.byteOffset, taps.weights.length);
  for (let group = 0; group < groups; group++) {
    words[group * GROUP] = first[group], words[group * GROUP + 1] = count[group];
  }
  for (let column = 0; column < taps.length; column++) {
    const group = Math.floor((lead + column) / GROUP), within = (lead + column) % GROUP;
    const start = groups + group * width + taps.first[column] - first[group];
    for (let k = 0; k < taps.count[column]; k++) {
      words[(start + k) * GROUP + within] = bits[column * taps.width + k];
    }
  }
  return words;
}
