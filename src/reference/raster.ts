import type { Size } from "../plan/geometry.ts";
import { pixelBytes, type StoredPicture, uprightSize } from "../plan/stored_picture.ts";

/** A raster of RGB bytes. */
export interface Raster extends Size {
  /** `[height, width, 3]`. */
  data: Uint8Array;
}

/** Returns a raster of one colour. */
export function flatRaster({ width, height }: Size, color: readonly number[]): Raster {
  const stride = width * 3, data = new Uint8Array(height * stride);
  if (color.every((value) => value === 0)) return { width, height, data };
  const line = Uint8Array.from({ length: stride }, (_, i) => color[i % 3]);
  for (let y = 0; y < height; y++) data.set(line, y * stride);
  return { width, height, data };
}

/**
 * Returns a picture's upright RGB pixels, rotated and mirrored as its EXIF orientation says. Orientation 6,
 * for one, is stored a quarter anticlockwise:
 *
 *     stored  B D F         upright  A B     (x, y) upright is (y, bottom − x) stored
 *             A C E   ─▶             C D
 *                                    E F
 */
export function uprightRaster(picture: StoredPicture): Raster {
  const { width, height } = uprightSize(picture, picture.orientation);
  const data = new Uint8Array(width * height * 3);
  const { orientation } = picture;
  const right = picture.width - 1, bottom = picture.height - 1, bytes = pixelBytes(picture);
  const transposed = orientation >= 5;
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  for (let y = 0, out = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = transposed ? y : x, line = transposed ? x : y;
      const storedX = fromRight ? right - column : column;
      const storedY = fromBottom ? bottom - line : line;
      const at = (storedY * picture.width + storedX) * bytes;
      data[out++] = picture.data[at];
      data[out++] = picture.data[at + 1];
      data[out++] = picture.data[at + 2];
    }
  }
  return { width, height, data };
}

/** Copies `content` onto `canvas`, its top left at (`x`, `y`), without the part that lies off the canvas. */
export function paste(canvas: Raster, content: Raster, x: number, y: number): void {
  const left = Math.max(0, -x), right = Math.min(content.width, canvas.width - x);
  if (left >= right) return;
  const bottom = Math.min(content.height, canvas.height - y);
  for (let down = Math.max(0, -y); down < bottom; down++) {
    const start = down * content.width;
    const line = content.data.subarray((start + left) * 3, (start + right) * 3);
    canvas.data.set(line, ((y + down) * canvas.width + x + left) * 3);
  }
}
