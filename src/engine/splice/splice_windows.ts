import type { Range } from "../../plan/geometry.ts";
import { NEWLINE, SEPARATOR } from "./splice_plan.ts";

/** A range of tokens that one dispatch writes, and the pairs of patches that it reads. */
export interface SpliceWindow {
  tokens: Range;
  /** Pairs, as the sources count them; empty where only newlines and separators are written. */
  pairs: Range;
  /** The part of the features that holds them, by index. */
  part: number;
}

/** The bounds of a window. */
export interface SpliceLimits {
  /** Pairs in a line of patches of a tile: a token's lower pair lies so far after its upper one. */
  side: number;
  /** Most pairs that one dispatch may read; at least `side + 1`, which a single token needs. */
  pairs: number;
  /** The end of each part of the features, in pairs. */
  ends: readonly number[];
}

/**
 * Cuts a range of tokens into the fewest windows that each read one part of the features, and no more pairs
 * of it than fit. The tokens of a window follow one another. Its pairs are all those from the lowest to the
 * highest that its tokens read, so those of two windows may overlap.
 *
 *     tokens    0 1 2 ↵ 3 4 5 ↵ │ 6 7 8 ↵ 9 … │ …        ↵ reads no pair
 *               └─ window 0 ──┘   └─ window 1 ┘
 *     pairs     ├─ of window 0 ─┤
 *                         ├─ of window 1 ─┤
 *     features  [         part 0          ][ part 1 …
 *
 * @param sources each token's upper pair, or `NEWLINE`, or `SEPARATOR`
 */
export function spliceWindows(sources: Uint32Array, tokens: Range, limits: SpliceLimits): SpliceWindow[] {
  const { side, ends } = limits;
  const windows: SpliceWindow[] = [];
  let from = tokens.from; // the open window's first token
  let low = 0, high = 0; // its pairs
  let part = 0, begin = 0; // its part, and the part's first pair
  const close = (to: number) => {
    if (to > from) windows.push({ tokens: { from, to }, pairs: { from: low, to: high }, part });
    from = to;
    low = 0;
    high = 0;
  };
  for (let token = tokens.from; token < tokens.to; token++) {
    const source = sources[token];
    if (source === NEWLINE || source === SEPARATOR) continue;
    const end = source + side + 1;
    const inside = source >= begin && source < ends[part];
    if (high > low && (!inside || Math.max(high, end) - Math.min(low, source) > limits.pairs)) close(token);
    if (!inside) {
      part = ends.findIndex((end) => source < end);
      begin = part > 0 ? ends[part - 1] : 0;
    }
    low = high > low ? Math.min(low, source) : source;
    high = Math.max(high, end);
  }
  close(tokens.to);
  return windows;
}
