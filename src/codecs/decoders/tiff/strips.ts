import { VitrailError } from "../../../errors.ts";
import { COMPRESSION } from "./tiff_kind.ts";
import { fillByGroup4 } from "./group4.ts";

/**
 * Unpacks the bytes of a strip or a tile, `length` of them; what follows in the strip is not looked at.
 *
 * Libraries for these three codes fill what a damaged strip lacks, and do not say so.
 *
 * @param width pixels of a line, which a fax counts
 * @throws {VitrailError} `decode`, where the strip is damaged or ends early.
 */
export async function unpackedStrip(
  packed: Uint8Array,
  compression: number,
  length: number,
  width: number,
): Promise<Uint8Array> {
  const unpacked = new Uint8Array(length);
  const filled = await fill(unpacked, packed, compression, width);
  if (filled < length) throw damaged(`a strip of it ends after ${filled} of ${length} bytes`);
  return unpacked;
}

async function fill(
  out: Uint8Array,
  packed: Uint8Array,
  compression: number,
  width: number,
): Promise<number> {
  switch (compression) {
    case COMPRESSION.LZW:
      return fillByLzw(out, packed);
    case COMPRESSION.PACKBITS:
      return fillByRuns(out, packed);
    case COMPRESSION.GROUP4:
      return fillByGroup4(out, packed, width);
    case COMPRESSION.NONE:
      out.set(packed.subarray(0, out.length));
      return Math.min(packed.length, out.length);
    default:
      return await fillByInflating(out, packed);
  }
}

/** Fills `out` from a zlib stream, and returns how many bytes it gave. */
async function fillByInflating(out: Uint8Array, packed: Uint8Array): Promise<number> {
  const stream = new Blob([packed as Uint8Array<ArrayBuffer>]).stream();
  let filled = 0;
  try {
    for await (const bytes of stream.pipeThrough(new DecompressionStream("deflate"))) {
      out.set(bytes.subarray(0, out.length - filled), filled);
      filled = Math.min(filled + bytes.length, out.length);
    }
  } catch (cause) {
    throw damaged("its deflated data is damaged", cause);
  }
  return filled;
}

/** Fills `out` from PackBits, and returns how many bytes it gave. Source: TIFF 6.0, section 9. */
function fillByRuns(out: Uint8Array, packed: Uint8Array): number {
  let filled = 0;
  for (let at = 0; at < packed.length && filled < out.length;) {
    const head = packed[at++];
    if (head === 128) continue;
    const end = Math.min(filled + (head < 128 ? head + 1 : 257 - head), out.length);
    if (head < 128) {
      if (at + end - filled > packed.length) return filled;
      out.set(packed.subarray(at, at + end - filled), filled);
      at += head + 1;
    } else {
      if (at === packed.length) return filled;
      out.fill(packed[at++], filled, end);
    }
    filled = end;
  }
  return filled;
}

/** Codes of LZW that stand for no string. */
const CLEAR = 256, END = 257;

/** The most strings that a table of LZW may have. */
const TABLE = 4096;

/**
 * Fills `out` from LZW, and returns how many bytes it gave. A string is kept as its place in what is written.
 *
 * Source: TIFF 6.0, section 13.
 *
 * @throws {VitrailError} `decode`, where a code stands for no string yet.
 */
function fillByLzw(out: Uint8Array, packed: Uint8Array): number {
  if (packed[0] !== 0x80 || packed[1] >= 0x80) {
    throw damaged("its LZW data do not begin as TIFF 6.0 has them");
  }
  const starts = new Int32Array(TABLE + 1), ends = new Int32Array(TABLE + 1);
  let bits = 9, held = 0, bitsHeld = 0, at = 0, filled = 0;
  let next = END + 1; // the code of the next string
  let last = -1; // where the string before this one began; -1 after CLEAR
  while (filled < out.length) {
    while (bitsHeld < bits) {
      if (at === packed.length) return filled;
      held = (held & 0xffff) << 8 | packed[at++];
      bitsHeld += 8;
    }
    const code = held >> (bitsHeld -= bits) & (1 << bits) - 1;
    if (code === END) return filled;
    if (code === CLEAR) {
      bits = 9;
      next = END + 1;
      last = -1;
      continue;
    }
    // Between two CLEARs, each code but the first makes a string: the one before it and its own first byte.
    if (last >= 0) {
      if (next > TABLE) throw damaged("its LZW data is damaged");
      starts[next] = last;
      ends[next++] = filled + 1;
    }
    if (code >= next) throw damaged("its LZW data is damaged");
    last = filled;
    if (code < CLEAR) {
      out[filled++] = code;
    } else {
      const end = Math.min(ends[code], starts[code] + out.length - filled);
      for (let from = starts[code]; from < end; from++) out[filled++] = out[from];
    }
    if (next + 1 >= 1 << bits && bits < 12) bits++;
  }
  return filled;
}

/** Returns the error of a damaged strip. */
function damaged(why: string, cause?: unknown): VitrailError {
  return new VitrailError("decode", why, { cause });
}
