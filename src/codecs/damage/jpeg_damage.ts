import {
  CODING,
  isFrameHeader,
  jpegFrame,
  type JpegSegment,
  jpegSegments,
  MARKER,
} from "../headers/jpeg_segments.ts";

/** Coefficients of a block that decoders guess, each by its own rule, where scans have not refined them. */
const GUESSED = 10;

/**
 * Says what is wrong with a JPEG that goes on to its end marker.
 *
 * Pillow stops at a marker that it does not know, as bytes between two segments may look like one; libjpeg
 * passes them over. libjpeg reads markers behind the pixels and refuses most of them, where other decoders
 * end with the last line. A progressive JPEG without its last scans is smoothed, by rules that change with
 * libjpeg's version.
 *
 * Source: Pillow `JpegImagePlugin.py`, `_open`; libjpeg-turbo `jdapimin.c`, `jpeg_finish_decompress`, and
 * `jdcoefct.c`, `smoothing_ok`.
 */
export function jpegDamage(bytes: Uint8Array): string | undefined {
  const frame = jpegFrame(bytes), components = frame?.components ?? 0;
  const isProgressive = frame?.coding === CODING.PROGRESSIVE;
  let frames = 0, isDrawn = false;
  const bitsLeft = new Map<number, number[]>();
  let end = 2, isCoded = false; // of the segment before: its end, and whether pixels follow it
  for (const segment of jpegSegments(bytes)) {
    const { marker, start } = segment;
    const from = marker === MARKER.EOI ? start - 2 : start - 4;
    if (!isCoded && bytes.subarray(end, from).some((byte) => byte !== 0xff)) {
      return `its JPEG data has ${from - end} stray bytes before marker ff ${hex(marker)}`;
    }
    end = segment.end;
    isCoded = marker === MARKER.SOS;
    if (isDrawn && !mayFollowPixels(marker)) {
      return `its JPEG data goes on with marker ff ${hex(marker)} behind its pixels`;
    }
    if (isFrameHeader(marker) && ++frames > 1) return "its JPEG data has two frame headers";
    if (marker !== MARKER.SOS) continue;
    if (!isProgressive) isDrawn = bytes[start] === components;
    else noteScan(bytes, segment, bitsLeft);
  }
  if (!isProgressive) return undefined;
  const whole = [...bitsLeft.values()].filter((bits) => bits.every((left) => left === 0)).length;
  if (whole < components) {
    return `its JPEG data lacks scans: ${whole} of its ${components} components are whole`;
  }
}

/** Notes how many bits of each coefficient a scan leaves to later scans. */
function noteScan(bytes: Uint8Array, { start }: JpegSegment, bitsLeft: Map<number, number[]>): void {
  const count = bytes[start], [first, last, shift] = bytes.subarray(start + 1 + 2 * count);
  for (let at = start + 1; at < start + 1 + 2 * count; at += 2) {
    const left = bitsLeft.get(bytes[at]) ?? new Array(GUESSED).fill(Infinity);
    left.fill(shift & 15, first, last + 1);
    bitsLeft.set(bytes[at], left.slice(0, GUESSED));
  }
}

/** Returns whether a marker is one of APP0 to APP15, COM or EOI. */
function mayFollowPixels(marker: number): boolean {
  return marker >= 0xe0 && marker <= 0xef || marker === 0xfe || marker === MARKER.EOI;
}

function hex(marker: number): string {
  return marker.toString(16);
}
