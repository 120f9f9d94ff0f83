import { textAt } from "./binary.ts";
import { type FileChunk, pngChunks, webpChunks } from "./file_chunks.ts";
import type { Format } from "./format.ts";
import { jpegSegments, MARKER } from "./jpeg_segments.ts";
import { TAG, TiffDirectory } from "./tiff_directory.ts";

const EXIF_PREFIX = "Exif\0\0";

/**
 * Reads the EXIF orientation of an encoded picture, 1 to 8; 1 where it has none of these.
 *
 * It is read here and not by a decoder, so that a picture has one orientation whichever decoder is in use.
 * JPEG keeps it in APP1, PNG in eXIf, WebP in its EXIF chunk, TIFF among its own tags.
 */
export function orientationOf(bytes: Uint8Array, format: Format): number {
  const block = exifBlock(bytes, format);
  try {
    return block === undefined ? 1 : orientationIn(block);
  } catch (error) {
    if (error instanceof RangeError) return 1; // a damaged block says nothing
    throw error;
  }
}

/**
 * Returns the orientation that a picture is turned by: its own where `orient` asks for that, and a TIFF's
 * always.
 *
 * Pillow turns a TIFF as it loads it. Source: Pillow `src/PIL/TiffImagePlugin.py`, `load_end`.
 */
export function appliedOrientation(
  { format, orientation }: { readonly format: string; readonly orientation: number },
  orient: "ignore" | "exif" = "ignore",
): number {
  return orient === "exif" || format === "tiff" ? orientation : 1;
}

/** Returns the TIFF structure that holds a picture's EXIF tags; undefined where there is none. */
function exifBlock(bytes: Uint8Array, format: Format): Uint8Array | undefined {
  switch (format) {
    case "jpeg":
      return jpegExif(bytes);
    case "png":
      return chunkOfType("eXIf", pngChunks(bytes), bytes);
    case "webp":
      return chunkOfType("EXIF", webpChunks(bytes), bytes);
    case "tiff":
      return bytes;
    default:
      return undefined;
  }
}

function jpegExif(bytes: Uint8Array): Uint8Array | undefined {
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker === MARKER.SOS) return undefined;
    const data = bytes.subarray(start, end);
    if (marker === MARKER.APP1 && hasPrefix(data)) return data.subarray(EXIF_PREFIX.length);
  }
}

/** Returns the data of the first chunk of a type, without the prefix that some writers put before them. */
function chunkOfType(
  type: string,
  chunks: Iterable<FileChunk>,
  bytes: Uint8Array,
): Uint8Array | undefined {
  for (const chunk of chunks) {
    if (chunk.type !== type) continue;
    const data = bytes.subarray(chunk.start, chunk.end);
    return hasPrefix(data) ? data.subarray(EXIF_PREFIX.length) : data;
  }
}

function hasPrefix(data: Uint8Array): boolean {
  return textAt(data, 0, EXIF_PREFIX.length) === EXIF_PREFIX;
}

/**
 * Reads the orientation tag of the first directory of a TIFF structure; 1 where there is none.
 *
 * @throws {RangeError} where the structure points past its bytes.
 */
function orientationIn(tiff: Uint8Array): number {
  const value = new TiffDirectory(tiff).number(TAG.ORIENTATION, 1);
  return value >= 1 && value <= 8 ? value : 1;
}
