import type { Range } from "../../plan/geometry.ts";
import { NEWLINE, SEPARATOR } from "./splice_plan.ts";

/** Tokens that one dispatch writes, and the pairs of patches that it reads. */
export interface SpliceWindow {
  tokens: Range;
  /** Pairs, as the sources count them; empty where only newlines and separators are written. */
  pairs: Range;
  /** The part of the features that holds them. */
  part: number;
}

/** What bounds a window. */
export interface SpliceLimits {
  /** Pairs that a row of patches has: a token's lower pair lies so far after its upper one. */
  side: number;
  /** Most pairs that one dispatch may read: `side + 1` at least, which a token needs. */
  pairs: number;
  /** Where each part of the features ends, in pairs. */
  ends: readonly number[];
}

/**
 * Cuts a run of tokens into the fewest windows that read one part of the features each, and no more pairs of it than
 * fit. `sources` gives each token's upper pair; the tokens of one window follow one another.
 */
export function spliceWindows(sources: Uint32Array, tokens: Range, limits: SpliceLimits): SpliceWindow[] {
  const { side, ends } = limits;
  const windows: SpliceWindow[] = [];
  let from = tokens.from, low = 0, high = 0, part = 0, begin = 0;
  const close = (to: number) => {
    if (to > from) windows.push({ tokens: { from, to }, pairs: { from: low, to: high }, part });
    from = to, low = high = 0;
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
