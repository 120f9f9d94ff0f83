import { joinedBytes, textAt } from "../headers/binary.ts";
import { CODING, jpegFrame, jpegSegments, MARKER } from "../headers/jpeg_segments.ts";

const APP0 = 0xe0, APP14 = 0xee;

/** Spectral selection and approximation of a sequential scan: all 64 coefficients, in all their bits. */
const WHOLE_SCAN = [0, 63, 0];

/**
 * Returns a JPEG without what libjpeg warns of and then passes over, with the same pixels: bytes between its
 * header's segments, a version of JFIF or a transform of Adobe's that it does not know, and a sequential
 * scan's selection of coefficients. libjpeg tells its first warning only, which would hide one of damage.
 *
 * Source: libjpeg-turbo `jdmarker.c`, `next_marker`; `jdapimin.c`, `default_decompress_parms`; `jdhuff.c`,
 * `start_pass_huff_decoder`.
 */
export function tidyJpeg(bytes: Uint8Array): Uint8Array {
  const frame = jpegFrame(bytes), parts = [bytes.subarray(0, 2)];
  const isSequential = frame?.coding === CODING.BASELINE || frame?.coding === CODING.EXTENDED;
  let at = -1; // the first scan's end, behind which nothing is left out
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker === MARKER.EOI) break;
    if (at >= 0 && !(isSequential && marker === MARKER.SOS)) continue;
    if (at >= 0) parts.push(bytes.subarray(at, start - 4));
    const segment = bytes.slice(start - 4, end), data = segment.subarray(4);
    if (marker === APP0 && data.length >= 14 && textAt(data, 0, 5) === "JFIF\0") data[5] = 1;
    if (marker === APP14 && data.length >= 12 && textAt(data, 0, 5) === "Adobe" && frame?.components === 3) {
      data[11] = Math.min(data[11], 1);
    }
    if (marker === MARKER.SOS && isSequential && data.length >= 4) data.set(WHOLE_SCAN, data.length - 3);
    parts.push(segment);
    if (marker === MARKER.SOS) at = end;
  }
  return at < 0 ? bytes : joinedBytes([...parts, bytes.subarray(at)]);
}
