import { VitrailError } from "../../../errors.ts";
import { runtime } from "../../../runtime/here.ts";
import type { DamageTreatment } from "../decoder.ts";
import { inflateZlib } from "../../inflate.ts";
import { fillByLzw } from "../lzw.ts";
import { COMPRESSION } from "./tiff_kind.ts";
import { fillByGroup4 } from "./group4.ts";

/**
 * Unpacks the bytes of a strip or a tile, `length` of them. Those that follow in the strip are not looked at,
 * but for deflated ones, which are damage.
 *
 * Libraries fill what a damaged strip lacks, and do not say so.
 *
 * @param width pixels of a line, which a fax counts
 * @param damage `"keep"` leaves zeros where the strip is damaged or ends early
 * @throws {VitrailError} `decode`, where it is, and `damage` is `"refuse"`.
 */
export function unpackedStrip(
  packed: Uint8Array,
  compression: number,
  length: number,
  width: number,
  damage: DamageTreatment,
): Uint8Array {
  const unpacked = new Uint8Array(length);
  try {
    const filled = fill(unpacked, packed, compression, width);
    if (filled < length) throw damaged(`a strip of it ends after ${filled} of ${length} bytes`);
  } catch (error) {
    if (damage === "refuse") throw error;
  }
  return unpacked;
}

function fill(out: Uint8Array, packed: Uint8Array, compression: number, width: number): number {
  switch (compression) {
    case COMPRESSION.LZW:
      return fillByLzw(out, lzwOf(packed));
    case COMPRESSION.PACKBITS:
      return fillByRuns(out, packed);
    case COMPRESSION.GROUP4:
      return fillByGroup4(out, packed, width);
    case COMPRESSION.NONE:
      out.set(packed.subarray(0, out.length));
      return Math.min(packed.length, out.length);
    default:
      return fillByInflating(out, packed);
  }
}

/**
 * Fills `out` from a zlib stream, and returns how many bytes it gave. It refuses more than fit: libdeflate,
 * where libtiff has it, leaves out the run that does not. Native code takes a quarter of the time; a stream
 * that it refuses is inflated again, piece by piece.
 */
function fillByInflating(out: Uint8Array, packed: Uint8Array): number {
  const whole = runtime.inflated(packed, out.length);
  if (whole !== undefined) {
    out.set(whole);
    return whole.length;
  }
  let given = 0;
  const end = inflateZlib(packed, (bytes) => {
    if (given < out.length) out.set(bytes.subarray(0, out.length - given), given);
    given += bytes.length;
    return given <= out.length;
  });
  if (end === "whole") return given;
  if (end === "enough") throw damaged(`a strip of it has more than its ${out.length} bytes`);
  throw damaged(
    end === "damaged" ? "its deflated data is damaged" : `its deflated data ends after ${given} bytes`,
  );
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

/** Reads LZW's codes, whose first bit is the highest of a byte. Source: TIFF 6.0, section 13. */
function lzwOf(packed: Uint8Array) {
  // Before TIFF 6.0 the bits had another order, and no CLEAR stood before them.
  if (packed[0] !== 0x80 || packed[1] >= 0x80) {
    throw damaged("its LZW data do not begin as TIFF 6.0 has them");
  }
  let at = 0, held = 0, bitsHeld = 0;
  const code = (bits: number) => {
    for (; bitsHeld < bits; bitsHeld += 8) {
      if (at === packed.length) return undefined;
      held = (held & 0xffff) << 8 | packed[at++];
    }
    bitsHeld -= bits;
    return held >> bitsHeld & (1 << bits) - 1;
  };
  return { valueBits: 8, early: true, code };
}

/** Returns the error of a damaged strip. */
function damaged(why: string): VitrailError {
  return new VitrailError("decode", why);
}
