import type { Size } from "../geometry.ts";
import type { ImageText } from "../image_text.ts";

/** The part of an image that its recipe says; the composer finds the rest in the image's views. */
export interface ImageFacts extends ImageText {
  /** The size of the upright picture, or of the sheet. */
  size: Size;
  /** The canvas view that stands for it, by its index: the one that is cut into tiles. */
  main: number;
  /** The grid of tiles, or patches: how many down, and how many across. */
  grid: [rows: number, columns: number];
  /** The output that its rows belong to; `pixel_values` where absent. */
  output?: string;
}

/** Returns an image's facts without its output. */
export function withoutOutput({ output: _, ...facts }: ImageFacts): Omit<ImageFacts, "output"> {
  return facts;
}
