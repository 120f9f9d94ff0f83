import { VitrailError } from "../errors.ts";
import { type Size, sizeText } from "../plan/geometry.ts";

/**
 * The pixels above which Pillow refuses a picture as a decompression bomb.
 * Source: Pillow `src/PIL/Image.py`, twice `MAX_IMAGE_PIXELS`.
 */
export const MAX_PIXELS = 178_956_970;

/**
 * Refuses a picture that has too many pixels.
 *
 * @throws {VitrailError} `limit` where a header announces more than `maxPixels`.
 */
export function requirePixels(size: Size, maxPixels: number, name: string): void {
  const pixels = size.width * size.height;
  if (pixels <= maxPixels) return;
  throw new VitrailError(
    "limit",
    `${name} announces ${sizeText(size)}, ${pixels} pixels; maxPixels (--max-pixels) allows ${maxPixels}`,
  );
}
