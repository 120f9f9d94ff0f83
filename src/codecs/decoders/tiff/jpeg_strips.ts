import { VitrailError } from "../../../errors.ts";
import { joinedBytes } from "../../headers/binary.ts";
import { MARKER } from "../../headers/jpeg_segments.ts";
import { PHOTOMETRIC } from "./tiff_kind.ts";

const START = [0xff, 0xd8];

/** An APP14 segment, up to its last byte, which says what the colours are: 0 as stored, 1 YCbCr. */
const ADOBE = [0xff, 0xee, 0, 14, ...new TextEncoder().encode("Adobe"), 0, 100, 0, 0, 0, 0];

/**
 * Returns a strip of a TIFF as a JPEG of its own: with the tables that all strips share, and with the meaning
 * of its colours, which the TIFF states.
 *
 * Source: TIFF Technical Note 2.
 */
export function wholeJpeg(strip: Uint8Array, tables: Uint8Array, photometric: number): Uint8Array {
  if (!beginsJpeg(strip) || tables.length > 0 && !beginsJpeg(tables)) {
    throw new VitrailError("decode", "a strip of it is no JPEG");
  }
  if (tables.length > 0 && (tables.at(-2) !== 0xff || tables.at(-1) !== MARKER.EOI)) {
    throw new VitrailError("decode", "the tables of its JPEG strips have no end marker");
  }
  const adobe = [...ADOBE, photometric === PHOTOMETRIC.YCBCR ? 1 : 0];
  const shared = tables.subarray(2, tables.length - 2); // without their start and end markers
  return joinedBytes([Uint8Array.from([...START, ...adobe]), shared, strip.subarray(2)]);
}

function beginsJpeg(bytes: Uint8Array): boolean {
  return START.every((byte, at) => bytes[at] === byte);
}
