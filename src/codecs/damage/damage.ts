import type { Format } from "../headers/format.ts";
import { jpegDamage } from "./jpeg_damage.ts";
import { pngDamage } from "./png_damage.ts";
import { truncationOf } from "./truncation.ts";
import { webpDamage } from "./webp_damage.ts";

/**
 * Says of damage that decoders pass over without a word: what Pillow refuses, or what it makes up in a way of
 * its own. What decoders refuse themselves is not looked for.
 *
 * @returns the words; undefined where there is none. Formats whose one decoder finds its damage itself are
 * not looked at.
 */
export function damageOf(bytes: Uint8Array, format: Format): string | undefined {
  switch (format) {
    case "jpeg":
      return truncationOf(bytes, format) ?? jpegDamage(bytes);
    case "png":
      return pngDamage(bytes);
    case "webp":
      return truncationOf(bytes, format) ?? webpDamage(bytes);
    default:
      return undefined;
  }
}
