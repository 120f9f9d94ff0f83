import { CODING, isFrameHeader, jpegFrame, type JpegSegment, MARKER } from "../headers/jpeg_segments.ts";

/** Coefficients of a block that decoders guess, each by its own rule, where scans have not refined them. */
const GUESSED = 10;

/**
 * Says what is wrong with a JPEG that goes on to its end marker.
 *
 * Pillow skips bytes between segments, but stops where `ff` and an unknown byte are among them. Behind the
 * pixels, libjpeg refuses another scan, a second frame header, unknown markers and damaged tables. It refuses
 * a second start anywhere. A progressive JPEG without its last scans is smoothed, by rules that change with
 * libjpeg's version.
 *
 * Source: Pillow `JpegImagePlugin.py`, `_open`; libjpeg-turbo `jdapimin.c`, `jpeg_finish_decompress`, and
 * `jdcoefct.c`, `smoothing_ok`.
 *
 * @param segments all of its segments
 */
export function jpegDamage(bytes: Uint8Array, segments: readonly JpegSegment[]): string | undefined {
  const frame = jpegFrame(bytes), components = frame?.components ?? 0;
  const isProgressive = frame?.coding === CODING.PROGRESSIVE;
  let frames = 0, isDrawn = false;
  const bitsLeft = new Map<number, number[]>();
  let end = 2, isOpen = true; // the end of the segment before, and whether no scan has begun
  for (const segment of segments) {
    const { marker, start } = segment;
    const from = marker === MARKER.EOI ? start - 2 : start - 4;
    const unknown = markerAmong(bytes, end, from, isOpen ? [TEM, MARKER.SOI] : [MARKER.SOI]);
    if (unknown !== undefined) {
      return `its JPEG data has ff ${hex(unknown)} among stray bytes before marker ff ${hex(marker)}`;
    }
    if (marker === MARKER.DAC && !isConditioning(bytes.subarray(start, segment.end))) {
      return "its JPEG data has a damaged table ff cc";
    }
    end = segment.end;
    if (marker === MARKER.SOS) isOpen = false;
    if (isDrawn && !mayFollowPixels(marker)) {
      return `its JPEG data goes on with marker ff ${hex(marker)} behind its pixels`;
    }
    if (isDrawn && !isTable(marker, bytes.subarray(start, segment.end))) {
      return `its JPEG data has a damaged table ff ${hex(marker)} behind its pixels`;
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

/** A marker without a segment, which Pillow does not know. */
const TEM = 0x01;

/** Returns the first of some markers among bytes; a marker stands behind these. */
function markerAmong(
  bytes: Uint8Array,
  from: number,
  to: number,
  markers: readonly number[],
): number | undefined {
  for (let at = bytes.indexOf(0xff, from); at >= 0 && at + 1 < to; at = bytes.indexOf(0xff, at + 1)) {
    if (markers.includes(bytes[at + 1])) return bytes[at + 1];
  }
}

/**
 * Returns whether a segment has conditions of arithmetic coding that libjpeg reads.
 *
 * Source: libjpeg-turbo `jdmarker.c`, `get_dac`.
 */
function isConditioning(data: Uint8Array): boolean {
  for (let at = 0; at + 1 < data.length; at += 2) {
    const [table, value] = data.subarray(at, at + 2);
    if (table >= 32 || table < 16 && (value & 15) > value >> 4) return false;
  }
  return data.length % 2 === 0;
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

/** Markers that may follow the pixels beside APP0 to APP15. */
const AFTER_PIXELS: readonly number[] = [
  MARKER.DHT,
  MARKER.DQT,
  MARKER.DNL,
  MARKER.DRI,
  MARKER.COM,
  MARKER.EOI,
];

function mayFollowPixels(marker: number): boolean {
  return marker >= 0xe0 && marker <= 0xef || AFTER_PIXELS.includes(marker);
}

/** Codes that a table has at most, and tables of a kind. */
const MOST_CODES = 256, TABLES = 4;

/**
 * Returns whether a segment is a table that libjpeg reads, or none at all.
 *
 * Source: libjpeg-turbo `jdmarker.c`, `get_dht`, `get_dqt` and `get_dri`.
 */
function isTable(marker: number, data: Uint8Array): boolean {
  if (marker === MARKER.DRI) return data.length === 2;
  let at = 0;
  if (marker === MARKER.DHT) {
    while (at + 17 <= data.length) {
      const codes = data.subarray(at + 1, at + 17).reduce((sum, count) => sum + count, 0);
      if (codes > MOST_CODES || (data[at] & 0xef) >= TABLES) return false;
      at += 17 + codes;
    }
    return at === data.length;
  }
  if (marker !== MARKER.DQT) return true;
  while (at < data.length && (data[at] & 15) < TABLES) at += data[at] >> 4 > 0 ? 129 : 65;
  return at === data.length;
}

function hex(marker: number): string {
  return marker.toString(16).padStart(2, "0");
}
