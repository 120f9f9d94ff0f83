import { textAt } from "./binary.ts";
import { type FileChunk, pngChunks, webpChunks } from "./file_chunks.ts";
import type { Format } from "./format.ts";
import { jpegSegments, MARKER } from "./jpeg_segments.ts";
import { pngText } from "./png_texts.ts";
import { TAG, TiffDirectory } from "./tiff_directory.ts";

const EXIF_PREFIX = "Exif\0\0";

/**
 * Reads the orientation of an encoded picture, 1 to 8; 1 where it has none of these.
 *
 * It is read here and not by a decoder, so that a picture has one orientation whichever decoder is in use.
 * JPEG keeps it in APP1, PNG in eXIf, WebP in its EXIF chunk, TIFF among its own tags. A PNG without eXIf may
 * have EXIF in a text, and one whose EXIF has no orientation may have it in XMP.
 *
 * Source: Pillow `src/PIL/Image.py`, `getexif`.
 */
export function orientationOf(bytes: Uint8Array, format: Format): number {
  const block = exifBlock(bytes, format);
  const stated = (block && orientationIn(block)) ?? (format === "png" ? xmpOrientation(bytes) : undefined);
  return stated !== undefined && stated >= 1 && stated <= 8 ? stated : 1;
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
      return chunkOfType("eXIf", pngChunks(bytes), bytes) ?? exifText(bytes);
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

/** Returns the EXIF that a PNG has as hexadecimal text, below three lines with its name and length. */
function exifText(bytes: Uint8Array): Uint8Array | undefined {
  const digits = pngText(bytes, "Raw profile type exif")?.split("\n").slice(3).join("").replaceAll(/\s/g, "");
  if (!digits || /[^0-9a-f]/i.test(digits)) return undefined;
  const data = Uint8Array.from(digits.match(/../g) ?? [], (byte) => parseInt(byte, 16));
  return hasPrefix(data) ? data.subarray(EXIF_PREFIX.length) : data;
}

/** Returns the orientation in a PNG's XMP; undefined where there is none. */
function xmpOrientation(bytes: Uint8Array): number | undefined {
  const found = pngText(bytes, "XML:com.adobe.xmp")?.match(/tiff:Orientation(?:="|>)([0-9])/);
  return found ? Number(found[1]) : undefined;
}

/**
 * Reads the orientation tag of the first directory of a TIFF structure; undefined where there is none, or
 * none that can be read.
 */
function orientationIn(tiff: Uint8Array): number | undefined {
  try {
    const directory = new TiffDirectory(tiff);
    return directory.has(TAG.ORIENTATION) ? directory.number(TAG.ORIENTATION, 0) : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined; // a damaged block says nothing
    throw error;
  }
}
