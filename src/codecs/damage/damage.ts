import type { Format } from "../headers/format.ts";
import { type JpegSegment, jpegSegments, MARKER } from "../headers/jpeg_segments.ts";
import { jpegDamage } from "./jpeg_damage.ts";
import { pngDamage } from "./png_damage.ts";
import { truncationOf } from "./truncation.ts";
import { webpDamage } from "./webp_damage.ts";

/**
 * Says of damage that decoders pass over without a word: what Pillow refuses, or what it makes up in a way of
 * its own. What decoders refuse themselves is not looked for.
 *
 * @param known a JPEG's segments, where they are known: to find them takes a while
 * @returns the words; undefined where there is none. Formats whose one decoder finds its damage itself are
 * not looked at.
 */
export function damageOf(
  bytes: Uint8Array,
  format: Format,
  known?: readonly JpegSegment[],
): string | undefined {
  switch (format) {
    case "jpeg": {
      const segments = known ?? [...jpegSegments(bytes)];
      const isWhole = segments.at(-1)?.marker === MARKER.EOI;
      return isWhole ? jpegDamage(bytes, segments) : truncationOf(bytes, format);
    }
    case "png":
      return pngDamage(bytes);
    case "webp":
      return truncationOf(bytes, format) ?? webpDamage(bytes);
    default:
      return undefined;
  }
}
