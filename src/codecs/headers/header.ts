import { imageSize } from "image-size";
import { messageOf } from "../../errors.ts";
import type { Size } from "../../plan/geometry.ts";
import { type Format, FORMAT_LIST, formatName, formatOf } from "./format.ts";
import { frameOf } from "./jpeg_segments.ts";
import { orientationOf } from "./orientation.ts";
import { truncationOf } from "./truncation.ts";
import { looksLike, unreadable } from "../unreadable.ts";

/** What an encoded picture says of itself before a pixel is decoded. */
export interface PictureHeader extends Size {
  format: Format;
  /** EXIF orientation, 1 (as stored) to 8; `width` and `height` are those of the stored pixels. */
  orientation: number;
}

/**
 * Format, stored size in pixels and EXIF orientation of an encoded picture.
 *
 * @throws {VitrailError} `decode`, where the bytes are no picture or end before its size.
 */
export function readHeader(bytes: Uint8Array, name: string): PictureHeader {
  const format = formatOf(bytes);
  if (format === undefined) throw unreadable(name, `${looksLike(bytes)}; Vitrail reads ${FORMAT_LIST}`);
  const { width, height } = announcedSize(bytes, format, name);
  if (!(width > 0 && height > 0)) {
    throw unreadable(name, `its ${formatName(format)} header says ${width}x${height} pixels`);
  }
  return { format, width, height, orientation: orientationOf(bytes, format) };
}

function announcedSize(bytes: Uint8Array, format: Format, name: string): Size {
  try {
    // image-size takes fill bytes before a marker, which a JPEG may have, for damage.
    return format === "jpeg" && frameOf(bytes) || imageSize(bytes);
  } catch (error) {
    const why = truncationOf(bytes, format) ??
      `its ${formatName(format)} header is damaged or cut short after ${bytes.length} bytes (${
        messageOf(error)
      })`;
    throw unreadable(name, why, error);
  }
}
