import { imageSize } from "npm:image-size@2.1.0";
import { messageOf } from "../../errors.ts";
import type { Size } from "../../plan/geometry.ts";
import { dataViewOf } from "./binary.ts";
import { unreadable } from "../unreadable.ts";
import { type Format, formatName, requireFormat } from "./format.ts";
import { jpegFrame } from "./jpeg_segments.ts";
import { orientationOf } from "./orientation.ts";
import { TiffDirectory } from "./tiff_directory.ts";
import { truncationOf } from "../damage/truncation.ts";

/** Format, size and orientation of an encoded picture, known before a pixel is decoded. */
export interface PictureHeader extends Size {
  format: Format;
  /**
   * EXIF orientation, 1 (as stored) to 8, or 0 where its EXIF is damaged; `width` and `height` are those of
   * the stored pixels.
   */
  orientation: number;
}

/**
 * Reads the format, the stored size in pixels and the EXIF orientation of an encoded picture.
 *
 * @throws {VitrailError} `decode`, where the bytes are no picture or end before its size.
 */
export function readHeader(bytes: Uint8Array, name: string): PictureHeader {
  const format = requireFormat(bytes, name);
  const { width, height } = announcedSize(bytes, format, name);
  if (!(width > 0 && height > 0)) {
    throw unreadable(name, `its ${formatName(format)} header says ${width}x${height} pixels`);
  }
  return { format, width, height, orientation: orientationOf(bytes, format) };
}

/** The length of the header of an OS/2 BMP, whose sides have two bytes each. */
const OS2_HEADER = 12;

function os2Size(bytes: Uint8Array): Size {
  const view = dataViewOf(bytes);
  return { width: view.getUint16(18, true), height: view.getUint16(20, true) };
}

/** Returns the size in pixels that a picture's header announces. */
function announcedSize(bytes: Uint8Array, format: Format, name: string): Size {
  try {
    if (format === "tiff") return new TiffDirectory(bytes).size();
    if (format === "bmp" && bytes[14] === OS2_HEADER) return os2Size(bytes);
    // A JPEG may have fill bytes before a marker; image-size takes them for damage.
    return format === "jpeg" && jpegFrame(bytes) || imageSize(bytes);
  } catch (error) {
    const damage = `header is damaged or cut short after ${bytes.length} bytes (${messageOf(error)})`;
    const why = truncationOf(bytes, format) ?? `its ${formatName(format)} ${damage}`;
    throw unreadable(name, why, error);
  }
}
