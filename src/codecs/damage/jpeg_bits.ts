import { VitrailError } from "../../errors.ts";

/** Bits that are looked up at once. */
const AHEAD = 9;

/** A table of Huffman codes. */
export interface JpegCodes {
  /** By the next nine bits: 256 times a code's length, and its value; 0 where it is longer. */
  short: Uint16Array;
  /** By a code's length: the first code beyond those of this length, in 16 bits. */
  ends: number[];
  /** By a code's length: what makes the place of its value of a code. */
  offsets: number[];
  values: Uint8Array;
}

/**
 * Makes a table of codes of the number of codes of each length, 1 to 16, and their values.
 *
 * Source: ITU-T T.81, annex C.
 */
export function jpegCodes(counts: Uint8Array, values: Uint8Array): JpegCodes {
  const short = new Uint16Array(1 << AHEAD), ends = [0], offsets = [0];
  for (let length = 1, code = 0, at = 0; length <= 16; length++, code <<= 1) {
    offsets.push(at - code);
    for (let count = counts[length - 1]; count > 0; count--, code++, at++) {
      if (length > AHEAD) continue;
      short.fill(length << 8 | values[at], code << AHEAD - length, code + 1 << AHEAD - length);
    }
    ends.push(code << 16 - length);
  }
  return { short, ends, offsets, values };
}

/** The bits of a scan; behind its end they are zeros. */
export class JpegBits {
  readonly #bytes: Uint8Array;
  #at: number;
  #held = 0;
  #count = 0;

  /** Begins with the byte at `at`. */
  constructor(bytes: Uint8Array, at: number) {
    this.#bytes = bytes;
    this.#at = at;
  }

  /**
   * Reads the value of the next code.
   * @throws {VitrailError} `decode`, where there is no such code.
   */
  coded({ short, ends, offsets, values }: JpegCodes): number {
    this.#fill();
    const ahead = this.#held >> this.#count - 16 & 0xffff, found = short[ahead >> 16 - AHEAD];
    if (found > 0) {
      this.#count -= found >> 8;
      return found & 0xff;
    }
    for (let length = AHEAD + 1; length <= 16; length++) {
      if (ahead >= ends[length]) continue;
      this.#count -= length;
      return values[offsets[length] + (ahead >> 16 - length)];
    }
    throw new VitrailError("decode", "its JPEG data is damaged");
  }

  /** Reads a number of so many bits, of which half are negative. Source: ITU-T T.81, F.2.2.1. */
  signed(bits: number): number {
    if (bits === 0) return 0;
    if (bits > 15) throw new VitrailError("decode", "its JPEG data is damaged");
    this.#fill();
    const value = this.#held >> (this.#count -= bits) & (1 << bits) - 1;
    return value < 1 << bits - 1 ? value - (1 << bits) + 1 : value;
  }

  /** Reads a number of so many bits, 15 at most. */
  plain(bits: number): number {
    this.#fill();
    return this.#held >> (this.#count -= bits) & (1 << bits) - 1;
  }

  /** Goes on behind the next restart marker. */
  passRestart(): void {
    while (this.#at < this.#bytes.length && !this.#isAtMarker()) this.#at++;
    this.#at = this.#afterFill() + 1;
    this.#count = 0;
  }

  /** Sees to it that at least 16 bits are held. */
  #fill(): void {
    for (; this.#count < 16; this.#count += 8) {
      const isPast = this.#at >= this.#bytes.length || this.#isAtMarker();
      this.#held = this.#held << 8 | (isPast ? 0 : this.#bytes[this.#at]);
      if (isPast) continue;
      this.#at = this.#bytes[this.#at] === 0xff ? this.#afterFill() + 1 : this.#at + 1; // behind ff is a zero
    }
  }

  #isAtMarker(): boolean {
    return this.#bytes[this.#at] === 0xff && this.#bytes[this.#afterFill()] !== 0;
  }

  /** Returns the place behind one or more bytes of ff. Source: ITU-T T.81, B.1.1.2. */
  #afterFill(): number {
    let at = this.#at;
    while (this.#bytes[at] === 0xff) at++;
    return at;
  }
}
