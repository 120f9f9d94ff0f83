import { UNKNOWN_ORIENTATION } from "./applied_orientation.ts";
import { textAt } from "./binary.ts";
import { pngChunks, webpChunks } from "./file_chunks.ts";
import type { Format } from "./format.ts";
import { jpegSegments, MARKER } from "./jpeg_segments.ts";
import { pngText } from "./png_texts.ts";
import { TAG, TiffDirectory } from "./tiff_directory.ts";

const EXIF_PREFIX = "Exif\0\0";

/** Each way in which a picture may be stored. */
const ORIENTATIONS: readonly unknown[] = [1, 2, 3, 4, 5, 6, 7, 8];

/**
 * Reads the orientation of an encoded picture, 1 to 8; 1 where it has none of these. 0 stands for a block of
 * EXIF that is none, of which Pillow says so once a picture is to be turned by it.
 *
 * It is read here and not by a decoder, so that a picture has one orientation whichever decoder is in use.
 * JPEG keeps it in APP1, PNG in eXIf, WebP in its EXIF chunk, TIFF among its own tags. A PNG without eXIf may
 * have EXIF in a text, and one whose EXIF has no orientation may have it in XMP. In other formats XMP is not
 * looked at, as in Pillow 9.4; 12.3 does.
 *
 * Source: Pillow `src/PIL/Image.py`, `getexif` and `Exif.load`.
 */
export function orientationOf(bytes: Uint8Array, format: Format): number {
  const block = exifBlock(bytes, format);
  if (format !== "tiff" && block instanceof Uint8Array && textAt(block, 0, 4) === "MM\0+") {
    return UNKNOWN_ORIENTATION; // Pillow takes such a BigTIFF for a classic one
  }
  if (block === "damaged" || format !== "tiff" && block?.length && !beginsTiff(block)) {
    return format === "jpeg" && !hasDensity(bytes) ? 1 : UNKNOWN_ORIENTATION;
  }
  const stated = (block && orientationIn(block)) ?? (format === "png" ? xmpOrientation(bytes) : undefined);
  return ORIENTATIONS.includes(stated) ? stated! : 1;
}

/** Returns whether bytes begin a classic TIFF structure as Pillow knows it, also with its 42 turned round. */
function beginsTiff(block: Uint8Array): boolean {
  return block.length >= 8 && /^(II|MM)(\*\0|\0\*)/.test(textAt(block, 0, 4));
}

/**
 * Returns whether a JPEG's own header states its density. Without one Pillow looks for it in EXIF as it opens
 * the file, passes over what it finds there, and does not look again. Source: Pillow `JpegImagePlugin.py`,
 * `APP`.
 */
function hasDensity(bytes: Uint8Array): boolean {
  for (const { marker, start } of jpegSegments(bytes)) {
    if (marker === MARKER.APP1 || marker === MARKER.SOS) return false;
    if (textAt(bytes, start, start + 4) === "JFIF") return bytes[start + 7] === 1 || bytes[start + 7] === 2;
  }
  return false;
}

/** Returns the TIFF structure that holds a picture's EXIF tags; undefined where there is none. */
function exifBlock(bytes: Uint8Array, format: Format): Uint8Array | "damaged" | undefined {
  switch (format) {
    case "jpeg":
      return jpegExif(bytes);
    case "png":
      return pngExif(bytes) ?? exifText(bytes);
    case "webp":
      return webpExif(bytes);
    case "tiff":
      return bytes;
    default:
      return undefined;
  }
}

/** Returns a WebP's EXIF, for which nobody looks unless the first chunk says that it follows. */
function webpExif(bytes: Uint8Array): Uint8Array | undefined {
  if (textAt(bytes, 12, 16) !== "VP8X" || (bytes[20] & 8) === 0) return undefined;
  for (const { type, start, end } of webpChunks(bytes)) {
    if (type === "EXIF") return withoutPrefix(bytes.subarray(start, end));
  }
}

function jpegExif(bytes: Uint8Array): Uint8Array | undefined {
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (marker === MARKER.SOS) return undefined;
    const data = bytes.subarray(start, end);
    if (marker === MARKER.APP1 && hasPrefix(data)) return withoutPrefix(data);
  }
}

/** Returns a PNG's last EXIF before its pixels; where there is none, the last behind them, as Pillow does. */
function pngExif(bytes: Uint8Array): Uint8Array | undefined {
  let found: Uint8Array | undefined;
  for (const { type, start, end } of pngChunks(bytes)) {
    if (type === "IDAT" && found !== undefined) break;
    if (type === "eXIf") found = bytes.subarray(start, end);
  }
  return found && withoutPrefix(found);
}

/** Returns data behind the prefixes that some writers put before them; Pillow 12.3 takes off all of them. */
function withoutPrefix(data: Uint8Array): Uint8Array {
  let bare = data;
  while (hasPrefix(bare)) bare = bare.subarray(EXIF_PREFIX.length);
  return bare;
}

function hasPrefix(data: Uint8Array): boolean {
  return textAt(data, 0, EXIF_PREFIX.length) === EXIF_PREFIX;
}

/** Returns the EXIF that a PNG has as hexadecimal text, below three lines with its name and length. */
function exifText(bytes: Uint8Array): Uint8Array | "damaged" | undefined {
  const digits = pngText(bytes, "Raw profile type exif")?.split("\n").slice(3).join("").replaceAll(/\s/g, "");
  if (!digits) return undefined;
  if (digits.length % 2 > 0 || /[^0-9a-f]/i.test(digits)) return "damaged";
  return withoutPrefix(Uint8Array.from(digits.match(/../g) ?? [], (byte) => parseInt(byte, 16)));
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
    return new TiffDirectory(tiff).firstValue(TAG.ORIENTATION);
  } catch (error) {
    if (error instanceof RangeError) return undefined; // a damaged block says nothing
    throw error;
  }
}
