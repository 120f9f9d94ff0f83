import type { Vp8Bits } from "./vp8_bits.ts";
import { vp8Header, type Vp8Steps } from "./vp8_header.ts";
import { MODE_PROBABILITIES } from "./vp8_tables.ts";

/** Modes of a block of 4x4 pixels, as the tables count them. */
const DC = 0, TRUE_MOTION = 1, VERTICAL = 2, HORIZONTAL = 3;

/** A block's mode by its bits: the next place for 0 and for 1, or a mode as `-1 - mode`. */
const MODE_TREE = [-1, 2, -2, 4, -3, 6, 8, 12, -4, 10, -5, -6, -7, 14, -8, 16, -9, -10];

/** The kind of tokens of luma without its first coefficients, of these, of chroma, and of luma with them. */
const OTHERS = 0, FIRSTS = 1, CHROMA = 2, LUMA = 3;

/** The band of each coefficient, and of none behind the last. */
const BANDS = [0, 1, 2, 3, 6, 4, 5, 6, 6, 6, 6, 6, 6, 6, 6, 7, 0];

/** Probabilities of the further bits of large coefficients, by their category from 3 on. */
const FURTHER = [
  [173, 148, 140],
  [176, 155, 140, 135],
  [180, 157, 141, 134, 130],
  [254, 254, 243, 230, 196, 177, 153, 140, 133, 130, 129],
];

/** The blocks beside a macroblock: the modes of four, and which had coefficients. */
class Edge {
  readonly modes = [DC, DC, DC, DC];
  /** Of luma 4, of two planes of chroma 2 each, and of the block of first coefficients. */
  readonly had = new Uint8Array(9);
}

/** The sums of the coefficients of one macroblock's blocks, all taken as positive. */
export interface MacroblockSums {
  /** Of the block of luma's first coefficients; absent where blocks have their own. */
  firsts?: number;
  /** The largest of a block of luma. */
  luma: number;
  /** The largest of a block of chroma. */
  chroma: number;
}

/**
 * Visits the macroblocks of a key frame in order.
 *
 * Source: RFC 6386, 11 and 13; libwebp `src/dec/vp8_dec.c`, `ParseResiduals`, whose numbers have 16 bits.
 *
 * @param data the data of a lossy WebP's chunk, whose first ten bytes are known to be right
 */
export function visitMacroblocks(data: Uint8Array, visit: (sums: MacroblockSums) => void): void {
  const { columns, rows, modes, parts, segments, steps, skips, tokens } = vp8Header(data);
  const above = Array.from({ length: columns }, () => new Edge());
  for (let row = 0; row < rows; row++) {
    const left = new Edge(), heads = above.map((edge) => headOf(modes, segments, skips, edge, left));
    const own = new Edge(), reader = new TokenReader(parts[row % parts.length], tokens);
    for (const [column, { segment, isSkipped, isWhole }] of heads.entries()) {
      const { luma, firsts, chroma } = steps[segment], edges = [above[column].had, own.had] as const;
      if (isSkipped) {
        for (const had of edges) had.fill(0, 0, isWhole ? 9 : 8);
        visit({ luma: 0, chroma: 0 });
        continue;
      }
      const sums: MacroblockSums = { luma: 0, chroma: 0 };
      if (isWhole) sums.firsts = reader.plane(edges, 8, 1, FIRSTS, firsts);
      sums.luma = reader.plane(edges, 0, 4, isWhole ? OTHERS : LUMA, luma);
      sums.chroma = Math.max(
        reader.plane(edges, 4, 2, CHROMA, chroma),
        reader.plane(edges, 6, 2, CHROMA, chroma),
      );
      visit(sums);
    }
  }
}

/** Reads what a macroblock says before its coefficients: its segment, if it has any, and its modes. */
function headOf(
  bits: Vp8Bits,
  segments: readonly number[] | undefined,
  skips: number | undefined,
  above: Edge,
  left: Edge,
) {
  let segment = 0;
  if (segments) segment = bits.bit(segments[0]) ? 2 + bits.bit(segments[2]) : bits.bit(segments[1]);
  const isSkipped = skips !== undefined && bits.bit(skips) === 1, isWhole = bits.bit(145) === 1;
  if (isWhole) {
    const mode = bits.bit(156) ? (bits.bit(128) ? TRUE_MOTION : HORIZONTAL) : (bits.bit(163) ? VERTICAL : DC);
    above.modes.fill(mode);
    left.modes.fill(mode);
  } else {
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 4; x++) {
        const from = (above.modes[x] * 10 + left.modes[y]) * 9;
        let place = 0;
        do place = MODE_TREE[place + bits.bit(MODE_PROBABILITIES[from + (place >> 1)])]; while (place > 0);
        above.modes[x] = left.modes[y] = -1 - place;
      }
    }
  }
  if (bits.bit(142) && bits.bit(114)) bits.bit(183); // the mode of chroma
  return { segment, isSkipped, isWhole };
}

/** Reads the coefficients of a line of macroblocks. */
class TokenReader {
  /** The sum of the block that was read last. */
  #sum = 0;

  constructor(readonly bits: Vp8Bits, readonly tokens: Uint8Array) {}

  /**
   * Reads a square of blocks, and returns the largest of their sums.
   * @param edges which blocks above and to the left had coefficients, from the place `at` on
   */
  plane(
    [above, left]: readonly [Uint8Array, Uint8Array],
    at: number,
    side: number,
    kind: number,
    steps: Vp8Steps,
  ): number {
    const first = kind === OTHERS ? 1 : 0;
    let largest = 0;
    for (let y = at; y < at + side; y++) {
      for (let x = at; x < at + side; x++) {
        const end = this.#block(kind, above[x] + left[y], first, steps);
        above[x] = left[y] = end > first ? 1 : 0;
        largest = Math.max(largest, this.#sum);
      }
    }
    return largest;
  }

  /** Reads a block from its coefficient `at` on, and returns the place behind its last one. */
  #block(kind: number, context: number, at: number, steps: Vp8Steps): number {
    const { bits, tokens } = this,
      from = (band: number, context: number) => (kind * 24 + band * 3 + context) * 11;
    this.#sum = 0;
    let place = from(BANDS[at], context);
    for (; at < 16; at++) {
      if (!bits.bit(tokens[place])) return at;
      while (!bits.bit(tokens[place + 1])) {
        place = from(BANDS[++at], 0);
        if (at === 16) return 16;
      }
      const isLarge = bits.bit(tokens[place + 2]) === 1, value = isLarge ? this.#large(place) : 1;
      place = from(BANDS[at + 1], isLarge ? 2 : 1);
      const signed = bits.bit(128) ? -value : value;
      this.#sum += Math.abs(signed * steps[at > 0 ? 1 : 0] << 16 >> 16); // of 16 bits
    }
    return 16;
  }

  /** Reads a coefficient above 1, whose probabilities are at `place`. */
  #large(place: number): number {
    const { bits } = this, is = (at: number) => bits.bit(this.tokens[place + at]);
    if (!is(3)) return is(4) ? 3 + is(5) : 2;
    if (!is(6)) return is(7) ? 7 + 2 * bits.bit(165) + bits.bit(145) : 5 + bits.bit(159);
    const high = is(8), category = 2 * high + is(9 + high);
    let value = 0;
    for (const probability of FURTHER[category]) value = 2 * value + bits.bit(probability);
    return value + 3 + (8 << category);
  }
}
