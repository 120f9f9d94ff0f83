import { dataViewOf, pngChunks, webpChunks } from "./file_chunks.ts";
import type { Format } from "./format.ts";
import { MARKER, segmentsOf } from "./jpeg_segments.ts";

const ORIENTATION_TAG = 0x0112;
const VALUE_TYPES = { SHORT: 3, LONG: 4 };
const EXIF_PREFIX = "Exif\0\0";

/**
 * The EXIF orientation of an encoded picture, 1 to 8; 1 where it has none or one out of that range.
 *
 * Read here and not by a decoder, so that a picture has one orientation whichever decoder is in use: JPEG keeps it
 * in APP1, PNG in eXIf, WebP in its EXIF chunk, TIFF among its own tags.
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
 * The orientation that a picture is turned by: its own where that is asked for, and a TIFF's always, since Pillow turns
 * those as it loads them. (TiffImagePlugin.py, load_end)
 */
export function appliedOrientation(
  { format, orientation }: { readonly format: string; readonly orientation: number },
  orient: "ignore" | "exif" = "ignore",
): number {
  return orient === "exif" || format === "tiff" ? orientation : 1;
}

/** The TIFF structure that holds a picture's EXIF tags. */
function exifBlock(bytes: Uint8Array, format: Format): Uint8Array | undefined {
  switch (format) {
    case "jpeg":
      return jpegExif(bytes);
    case "png":
      return chunkNamed("eXIf", pngChunks(bytes), bytes);
    case "webp":
      return chunkNamed("EXIF", webpChunks(bytes), bytes);
    case "tiff":
      return bytes;
    default:
      return undefined;
  }
}

function jpegExif(bytes: Uint8Array): Uint8Array | undefined {
  for (const { marker, start, end } of segmentsOf(bytes)) {
    if (marker === MARKER.SOS) return undefined;
    const data = bytes.subarray(start, end);
    if (marker === MARKER.APP1 && hasPrefix(data)) return data.subarray(EXIF_PREFIX.length);
  }
}

function chunkNamed(
  type: string,
  chunks: Iterable<{ type: string; start: number; end: number }>,
  bytes: Uint8Array,
): Uint8Array | undefined {
  for (const chunk of chunks) {
    if (chunk.type !== type) continue;
    const data = bytes.subarray(chunk.start, chunk.end);
    return hasPrefix(data) ? data.subarray(EXIF_PREFIX.length) : data;
  }
}

function hasPrefix(data: Uint8Array): boolean {
  return String.fromCharCode(...data.subarray(0, EXIF_PREFIX.length)) === EXIF_PREFIX;
}

/** The orientation tag of the first directory of a TIFF structure. (TIFF 6.0, section 2) */
function orientationIn(tiff: Uint8Array): number {
  const view = dataViewOf(tiff);
  const little = view.getUint16(0) === 0x4949;
  const directory = view.getUint32(4, little);
  const entries = view.getUint16(directory, little);
  for (let entry = 0, at = directory + 2; entry < entries; entry++, at += 12) {
    if (view.getUint16(at, little) !== ORIENTATION_TAG) continue;
    const type = view.getUint16(at + 2, little);
    const value = type === VALUE_TYPES.SHORT
      ? view.getUint16(at + 8, little)
      : type === VALUE_TYPES.LONG
      ? view.getUint32(at + 8, little)
      : 1;
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}
