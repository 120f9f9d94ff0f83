import { Vp8Bits } from "./vp8_bits.ts";
import { AC_STEPS, CHANGE_PROBABILITIES, DC_STEPS, TOKEN_PROBABILITIES } from "./vp8_tables.ts";

/** The steps by which a block's coefficients are multiplied: the first one's, and the others'. */
export type Vp8Steps = readonly [first: number, others: number];

/** All that a key frame says before its macroblocks. */
export interface Vp8Header {
  /** Macroblocks of 16x16 pixels, across and down. */
  readonly columns: number;
  readonly rows: number;
  /** The bits of the macroblocks' modes. */
  readonly modes: Vp8Bits;
  /** The bits of coefficients; the line `y` of macroblocks has those of `y` modulo their count. */
  readonly parts: readonly Vp8Bits[];
  /** True where a part of these is said to end behind the data, or begins there. */
  readonly isShort: boolean;
  /** The probabilities of each macroblock's segment; absent where no macroblock says one. */
  readonly segments?: readonly number[];
  /** The steps of each segment's blocks: of luma, of luma's first coefficients, of chroma. */
  readonly steps: readonly { luma: Vp8Steps; firsts: Vp8Steps; chroma: Vp8Steps }[];
  /** The probability that a macroblock has coefficients; absent where it does not say. */
  readonly skips?: number;
  /** Probabilities of tokens, as in the tables. */
  readonly tokens: Uint8Array;
}

/** Bytes before the first bits: a tag of three, a start code, and the size. */
const TAG = 10;

/** The most segments of a frame. */
const SEGMENTS = [0, 1, 2, 3];

/**
 * Reads the header of a key frame, the data of a lossy WebP's chunk, whose first ten bytes are known to be
 * right.
 *
 * Source: RFC 6386, 9.3 to 9.11, and 19.2.
 */
export function vp8Header(data: Uint8Array): Vp8Header {
  const size = (data[0] | data[1] << 8 | data[2] << 16) >> 5, second = TAG + size;
  const bits = new Vp8Bits(data.subarray(TAG, second)), flag = () => bits.bit(128) === 1;
  bits.number(2); // colours and clamping
  const hasSegments = flag(), says = hasSegments && flag();
  let quantisers = SEGMENTS.map(() => 0), isAbsolute = hasSegments, segments: number[] | undefined;
  if (hasSegments) {
    if (flag()) {
      isAbsolute = flag();
      quantisers = SEGMENTS.map(() => bits.optional(7));
      for (const _ of SEGMENTS) bits.optional(6);
    }
    if (says) segments = [0, 1, 2].map(() => flag() ? bits.number(8) : 255);
  }
  bits.number(1 + 6 + 3); // the filter's kind, level and sharpness
  if (flag() && flag()) { for (const _ of [...SEGMENTS, ...SEGMENTS]) bits.optional(6); }
  const count = 1 << bits.number(2), base = bits.number(7);
  const [lumaFirst, firstsFirst, firstsOthers, chromaFirst, chromaOthers] = [0, 1, 2, 3, 4]
    .map(() => bits.optional(4));
  const steps = quantisers.map((own) => {
    const quantiser = isAbsolute ? own : base + own;
    const dc = (more: number, most = 127) => DC_STEPS[Math.min(Math.max(quantiser + more, 0), most)];
    const ac = (more: number) => AC_STEPS[Math.min(Math.max(quantiser + more, 0), 127)];
    return {
      luma: [dc(lumaFirst), ac(0)],
      firsts: [2 * dc(firstsFirst), Math.max(ac(firstsOthers) * 101581 >> 16, 8)],
      chroma: [dc(chromaFirst, 117), ac(chromaOthers)],
    } as const;
  });
  bits.number(1); // what is kept for later frames
  const tokens = TOKEN_PROBABILITIES.map((own, at) =>
    bits.bit(CHANGE_PROBABILITIES[at]) ? bits.number(8) : own
  );
  return {
    columns: (data[6] | data[7] << 8 & 0x3f00) + 15 >> 4,
    rows: (data[8] | data[9] << 8 & 0x3f00) + 15 >> 4,
    modes: bits,
    ...partsOf(data.subarray(second), count),
    segments,
    steps,
    skips: flag() ? bits.number(8) : undefined,
    tokens,
  };
}

/** Returns the bits of coefficients, in `count` parts, of which all but the last say their bytes first. */
function partsOf(data: Uint8Array, count: number): Pick<Vp8Header, "parts" | "isShort"> {
  const parts: Vp8Bits[] = [];
  let at = 3 * (count - 1), isShort = false;
  for (let part = 0; part < count; part++) {
    const [low, middle, high] = data.subarray(3 * part);
    const left = data.length - at, size = part === count - 1 ? left : low | middle << 8 | high << 16;
    isShort ||= left < 1 || size > left;
    parts.push(new Vp8Bits(data.subarray(at, at + size)));
    at += size;
  }
  return { parts, isShort };
}
