import type { Size } from "../../plan/geometry.ts";
import { dataViewOf } from "./binary.ts";

/** One marker segment of a JPEG: `bytes.subarray(start, end)` is what follows the segment's length. */
export interface JpegSegment {
  marker: number;
  start: number;
  end: number;
}

/** Markers (the byte after 0xff) that Vitrail looks at, by their names in ITU-T T.81, table B.1. */
export const MARKER = {
  DHT: 0xc4,
  DAC: 0xcc,
  SOI: 0xd8,
  EOI: 0xd9,
  SOS: 0xda,
  DQT: 0xdb,
  DNL: 0xdc,
  DRI: 0xdd,
  APP1: 0xe1,
  COM: 0xfe,
} as const;

/**
 * Yields the segments of a JPEG in file order, up to and with its end marker, and passes over entropy-coded
 * data. It ends early where the bytes do. Source: ITU-T T.81, B.1.1.
 */
export function* jpegSegments(bytes: Uint8Array): Generator<JpegSegment> {
  let at = 2;
  while (true) {
    at = nextMarker(bytes, at);
    if (at + 1 >= bytes.length) return;
    const marker = bytes[at + 1];
    if (marker === MARKER.EOI) {
      yield { marker, start: at + 2, end: at + 2 };
      return;
    }
    const end = at + 2 + (bytes[at + 2] << 8 | bytes[at + 3]);
    if (!(end <= bytes.length)) return;
    yield { marker, start: at + 4, end };
    at = end;
  }
}

/** Returns the place of the next marker that opens a segment: past stuffed zeros, restarts and fill bytes. */
function nextMarker(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const marker = bytes[at + 1];
    const restart = marker >= 0xd0 && marker <= 0xd8 || marker === 0x01;
    if (marker !== 0x00 && marker !== 0xff && !restart) return at;
  }
  return bytes.length;
}

/** Codings of a JPEG's coefficients, by the marker of its frame header: SOF0, SOF1 and SOF2. */
export const CODING = { BASELINE: 0xc0, EXTENDED: 0xc1, PROGRESSIVE: 0xc2 } as const;

/** A JPEG's frame header: the stored size in pixels, and the number of components. */
export interface JpegFrame extends Size {
  /** The header's marker, which says how coefficients are coded: {@linkcode CODING}. */
  coding: number;
  /** 1 grey, 3 colour, 4 CMYK. */
  components: number;
  /** Bits of a sample. */
  depth: number;
  /**
   * Each component's identifier, its samples in a unit of the picture, and the number of its divisors' table.
   */
  sampling: { id: number; across: number; down: number; table: number }[];
}

/** Returns whether a marker is one of SOF0 to SOF15; DHT, JPG and DAC stand between them. */
export function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}

/** Reads a JPEG's frame header; undefined where there is no whole one. */
export function jpegFrame(bytes: Uint8Array): JpegFrame | undefined {
  const view = dataViewOf(bytes);
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (!isFrameHeader(marker) || end < start + 6) continue;
    return {
      coding: marker,
      height: view.getUint16(start + 1),
      width: view.getUint16(start + 3),
      components: bytes[start + 5],
      depth: bytes[start],
      sampling: Array.from(
        { length: Math.min(bytes[start + 5], Math.floor((end - start - 6) / 3)) },
        (_, index) => {
          const [id, factors, table] = bytes.subarray(start + 6 + 3 * index);
          return { id, across: factors >> 4, down: factors & 15, table };
        },
      ),
    };
  }
}

/**
 * Returns whether a JPEG goes on to its end marker. Decoders that fill a missing rest with grey do not say
 * so.
 */
export function reachesEndMarker(bytes: Uint8Array): boolean {
  for (const { marker } of jpegSegments(bytes)) if (marker === MARKER.EOI) return true;
  return false;
}
