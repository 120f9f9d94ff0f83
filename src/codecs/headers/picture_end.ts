import { pngChunks } from "./file_chunks.ts";
import { dataViewOf } from "./binary.ts";
import type { Format } from "./format.ts";
import { type JpegSegment, jpegSegments, MARKER } from "./jpeg_segments.ts";

/**
 * Returns the place behind a picture's last byte, by its format's own end: JPEG's end marker, PNG's end
 * chunk, the length that WebP states. It is the end of the bytes where the picture has no end, or its format
 * none.
 *
 * @param segments a JPEG's segments, where they are known
 */
export function pictureEnd(
  bytes: Uint8Array,
  format: Format,
  segments: Iterable<JpegSegment> = jpegSegments(bytes),
): number {
  switch (format) {
    case "jpeg":
      for (const { marker, end } of segments) if (marker === MARKER.EOI) return end;
      return bytes.length;
    case "png":
      for (const { type, end } of pngChunks(bytes)) {
        if (type === "IEND") return Math.min(end + 4, bytes.length);
      }
      return bytes.length;
    case "webp":
      return Math.min(dataViewOf(bytes).getUint32(4, true) + 8, bytes.length);
    default:
      return bytes.length;
  }
}
