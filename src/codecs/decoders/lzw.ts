import { VitrailError } from "../../errors.ts";

/** Bits of the longest code, and the most strings that such codes can name. */
const MOST_BITS = 12, TABLE = 1 << MOST_BITS;

/** LZW as one format has it. */
export interface LzwKind {
  /**
   * Bits of a value. The code after the last value clears the table, and the one after that ends the data.
   */
  valueBits: number;
  /** True where codes become longer one string before they must, as in TIFF. */
  early: boolean;
  /** Returns the next code of so many bits; undefined at the data's end. */
  code(bits: number): number | undefined;
}

/**
 * Fills `out` from LZW, and returns how many bytes it gave. A string is kept as its place in what is written.
 *
 * Source: TIFF 6.0, section 13; GIF89a, appendix F.
 *
 * @throws {VitrailError} `decode`, where a code stands for no string yet.
 */
export function fillByLzw(out: Uint8Array, { valueBits, early, code: next }: LzwKind): number {
  const clear = 1 << valueBits, end = clear + 1, ahead = early ? 1 : 0;
  const starts = new Int32Array(TABLE), ends = new Int32Array(TABLE);
  let bits = valueBits + 1, strings = end + 1, filled = 0;
  let last = -1; // the place of the string before this one; -1 after a clearing
  while (filled < out.length) {
    const code = next(bits);
    if (code === undefined || code === end) return filled;
    if (code === clear) {
      bits = valueBits + 1;
      strings = end + 1;
      last = -1;
      continue;
    }
    // Each code but the first makes a string: the one before it, and its own first byte, which follows that.
    if (last >= 0 && strings < TABLE) {
      starts[strings] = last;
      ends[strings++] = filled + 1;
    }
    if (code >= strings) throw new VitrailError("decode", "its LZW data is damaged");
    last = filled;
    if (code < clear) {
      out[filled++] = code;
    } else {
      const most = Math.min(ends[code], starts[code] + out.length - filled);
      for (let from = starts[code]; from < most; from++) out[filled++] = out[from];
    }
    if (strings + ahead >= 1 << bits && bits < MOST_BITS) bits++;
  }
  return filled;
}
