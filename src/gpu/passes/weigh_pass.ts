import type { FloatTaps } from "../../plan/tables/float_taps.ts";
import type { Tables } from "../device/tables.ts";
import type { JobKernel } from "./jobs.ts";

/** The jobs of shaders/weigh.wgsl. */
export const WEIGH = {
  name: "weigh",
  fields: [
    "source",
    "tapStep",
    "otherStep",
    "taps",
    "tapsWidth",
    "columns",
    "lineCount",
    "made",
    "stepX",
    "stepY",
    "stepChannel",
    "values",
    "normalised",
    "deviations",
  ],
} as const satisfies JobKernel;

/** The place of the values where there is no table of them, since each byte is its own. */
export const NO_TABLE = 2 ** 32 - 1;

/** All that an output pixel weighs. */
export interface Weighed {
  /** Pixels and their weights, in the order in which they are added. */
  taps: (readonly [pixel: number, weight: number])[];
  /** The first ones of which so many have products that are rounded before they are added. */
  rounded: number;
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

/** Returns the table of taps that resample. */
export function resamplingTable({ length, width, first, count, weights, unrolled }: FloatTaps): Uint32Array {
  const outputs = Array.from({ length }, (_, i): Weighed => ({
    taps: Array.from({ length: count[i] }, (_, k) => [first[i] + k, weights[i * width + k]]),
    rounded: unrolled === 0 ? 1 : count[i] - (count[i] - 1) % unrolled,
  }));
  return weighedTable(outputs, width);
}

/** Returns where a table of bytes' values lies: of `[256]`, the same in each channel, or of `[3, 256]`. */
export function placeValues(tables: Tables, key: unknown, values: () => Float32Array): number {
  return tables.place(key, () => {
    const own = values();
    return own.length === 256 ? Float32Array.of(...own, ...own, ...own) : own;
  });
}
