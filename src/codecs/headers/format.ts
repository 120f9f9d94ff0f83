import { looksLike, unreadable } from "../unreadable.ts";
import { textAt } from "./binary.ts";

/** A picture format whose header Vitrail reads. */
export type Format = "jpeg" | "png" | "gif" | "webp" | "bmp" | "tiff" | "avif";

const NAMES: Record<Format, string> = {
  jpeg: "JPEG",
  png: "PNG",
  gif: "GIF",
  webp: "WebP",
  bmp: "BMP",
  tiff: "TIFF",
  avif: "AVIF",
};

/** Every format, as a sentence lists them. */
const FORMAT_LIST = Object.values(NAMES).join(", ");

/** Returns a format's name as its makers write it. */
export function formatName(format: Format): string {
  return NAMES[format];
}

/** Lengths that the header after a BMP's first 14 bytes may have. */
const BMP_HEADERS = [12, 16, 40, 52, 56, 64, 108, 124];

/**
 * Returns the format that the first bytes announce, whatever follows them; undefined where they announce
 * none.
 */
export function formatOf(bytes: Uint8Array): Format | undefined {
  const head = textAt(bytes, 0, 16);
  if (head.startsWith("\xff\xd8\xff")) return "jpeg";
  if (head.startsWith("\x89PNG\r\n\x1a\n")) return "png";
  if (/^GIF8[79]a/.test(head)) return "gif";
  if (head.startsWith("RIFF") && head.startsWith("WEBP", 8)) return "webp";
  if (/^(II[*+]\0|MM\0[*+])/.test(head)) return "tiff";
  if (/^....ftypavi[fs]/s.test(head)) return "avif";
  if (head.startsWith("BM") && BMP_HEADERS.includes(bytes[14]) && bytes[15] + bytes[16] + bytes[17] === 0) {
    return "bmp";
  }
  return undefined;
}

/**
 * Returns the format that the first bytes of a picture announce.
 *
 * @throws {VitrailError} `decode`, where they announce none.
 */
export function requireFormat(bytes: Uint8Array, name: string): Format {
  const format = formatOf(bytes);
  if (format !== undefined) return format;
  throw unreadable(name, `${looksLike(bytes)}; Vitrail reads ${FORMAT_LIST}`);
}
