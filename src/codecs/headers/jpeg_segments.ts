import type { Size } from "../../plan/geometry.ts";
import { dataViewOf } from "./file_chunks.ts";

/** One marker segment of a JPEG: `bytes.subarray(start, end)` is what follows the length. */
export interface Segment {
  marker: number;
  start: number;
  end: number;
}

/** Markers (the byte after 0xff) that Vitrail looks at. */
export const MARKER = { SOI: 0xd8, EOI: 0xd9, SOS: 0xda, APP1: 0xe1 } as const;

/**
 * The segments of a JPEG in file order, up to and with its end marker; entropy-coded data is passed over.
 * Ends early where the bytes do. (ITU-T T.81, B.1.1)
 */
export function* segmentsOf(bytes: Uint8Array): Generator<Segment> {
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

/** Where the next marker that opens a segment stands: past stuffed zeros, restarts and fill bytes. */
function nextMarker(bytes: Uint8Array, from: number): number {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const marker = bytes[at + 1];
    const restart = marker >= 0xd0 && marker <= 0xd8 || marker === 0x01;
    if (marker !== 0x00 && marker !== 0xff && !restart) return at;
  }
  return bytes.length;
}

/** What a JPEG's frame header announces. */
export interface Frame extends Size {
  /** 1 grey, 3 colour, 4 CMYK. */
  components: number;
}

/** A JPEG's frame header; undefined where there is no whole one. */
export function frameOf(bytes: Uint8Array): Frame | undefined {
  const view = dataViewOf(bytes);
  for (const { marker, start, end } of segmentsOf(bytes)) {
    const isTable = marker === 0xc4 || marker === 0xc8 || marker === 0xcc;
    if (marker < 0xc0 || marker > 0xcf || isTable || end < start + 6) continue;
    return {
      height: view.getUint16(start + 1),
      width: view.getUint16(start + 3),
      components: bytes[start + 5],
    };
  }
}

/** Whether a JPEG goes on to its end marker. Decoders that fill a missing rest with grey do not say so. */
export function reachesEnd(bytes: Uint8Array): boolean {
  for (const { marker } of segmentsOf(bytes)) if (marker === MARKER.EOI) return true;
  return false;
}
