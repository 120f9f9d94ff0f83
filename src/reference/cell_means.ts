import type { Size } from "../plan/geometry.ts";
import { cellGrid, meanFactor } from "../plan/tables/cells.ts";
import type { Raster } from "./raster.ts";

/**
 * Returns the means of a raster's cells, from its top left on: a pixel for each.
 *
 *     source  ┌───────┬───────┬───┐
 *             │ a   b │ c   d │ e │      5 columns in cells of 2:
 *             │ f   g │ h   i │ j │      the third cell has one column
 *             └───────┴───────┴───┘
 *
 * Source: Pillow `src/libImaging/Reduce.c`, `ImagingReduceNxN`, `ImagingReduceCorners`.
 */
export function cellMeans(source: Raster, cell: Size): Raster {
  const { width, height } = cellGrid(source, cell), data = new Uint8Array(width * height * 3);
  for (let y = 0, to = 0; y < height; y++) {
    const top = y * cell.height, bottom = Math.min(source.height, top + cell.height);
    for (let x = 0; x < width; x++) {
      const left = x * cell.width, right = Math.min(source.width, left + cell.width);
      const count = (right - left) * (bottom - top), factor = meanFactor(count);
      for (let channel = 0; channel < 3; channel++) {
        let sum = Math.floor(count / 2);
        for (let line = top; line < bottom; line++) {
          for (let column = left; column < right; column++) {
            sum += source.data[(line * source.width + column) * 3 + channel];
          }
        }
        data[to++] = Math.floor(sum * factor / 2 ** 24);
      }
    }
  }
  return { width, height, data };
}
