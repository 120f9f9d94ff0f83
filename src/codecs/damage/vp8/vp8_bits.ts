/**
 * Bits of VP8, each coded by the probability that it is 0. Behind the end are zeros.
 *
 * Source: RFC 6386, 7.3.
 */
export class Vp8Bits {
  readonly #bytes: Uint8Array;
  #at = 2;
  /** The bits that are compared, the first eight of them against the range. */
  #value: number;
  #range = 255;
  /** The bits that were shifted out since the last byte was taken. */
  #shifted = 0;

  /** Begins with the first of some bytes. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#value = (bytes[0] ?? 0) << 8 | (bytes[1] ?? 0);
  }

  /** Reads a bit that is 0 with this probability, of 256. */
  bit(probability: number): 0 | 1 {
    const split = 1 + ((this.#range - 1) * probability >> 8), least = split << 8;
    const bit = this.#value >= least ? 1 : 0;
    this.#range = bit ? this.#range - split : split;
    if (bit) this.#value -= least;
    for (; this.#range < 128; this.#range <<= 1) {
      this.#value <<= 1;
      if (++this.#shifted < 8) continue;
      this.#shifted = 0;
      this.#value |= this.#bytes[this.#at++] ?? 0;
    }
    return bit;
  }

  /** Reads a number of so many bits, the highest first. */
  number(bits: number): number {
    let value = 0;
    for (let bit = 0; bit < bits; bit++) value = 2 * value + this.bit(128);
    return value;
  }

  /** Reads a number of so many bits and then its sign. */
  signed(bits: number): number {
    const value = this.number(bits);
    return this.bit(128) ? -value : value;
  }

  /** Reads a number with its sign, before which a bit says that there is one; 0 where it does not. */
  optional(bits: number): number {
    return this.bit(128) ? this.signed(bits) : 0;
  }
}
