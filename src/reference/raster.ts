import type { Size } from "../plan/geometry.ts";
import { type StoredPicture, uprightSize } from "../plan/stored_picture.ts";

/** RGB bytes, `[height, width, 3]`. */
export interface Raster extends Size {
  data: Uint8Array;
}

/** A raster of one colour. */
export function flatRaster({ width, height }: Size, color: readonly number[]): Raster {
  const data = new Uint8Array(width * height * 3);
  for (let i = 0; i < data.length; i++) data[i] = color[i % 3];
  return { width, height, data };
}

/** The picture's upright RGB pixels: turned and mirrored as its EXIF orientation says. */
export function uprightRaster(picture: StoredPicture): Raster {
  const { width, height } = uprightSize(picture, picture.orientation);
  const data = new Uint8Array(width * height * 3);
  const { orientation } = picture;
  const right = picture.width - 1, bottom = picture.height - 1;
  const swaps = orientation >= 5;
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  for (let y = 0, out = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const column = swaps ? y : x, line = swaps ? x : y;
      const storedX = fromRight ? right - column : column;
      const storedY = fromBottom ? bottom - line : line;
      const at = (storedY * picture.width + storedX) * 4;
      data[out++] = picture.data[at];
      data[out++] = picture.data[at + 1];
      data[out++] = picture.data[at + 2];
    }
  }
  return { width, height, data };
}

/** Copies `content` onto `canvas` with its top left at (`x`, `y`); what lies off the canvas is left out. */
export function paste(canvas: Raster, content: Raster, x: number, y: number): void {
  const left = Math.max(0, -x), right = Math.min(content.width, canvas.width - x);
  if (left >= right) return;
  for (let row = Math.max(0, -y); row < Math.min(content.height, canvas.height - y); row++) {
    const line = content.data.subarray((row * content.width + left) * 3, (row * content.width + right) * 3);
    canvas.data.set(line, ((y + row) * canvas.width + x + left) * 3);
  }
}
