import type { Composer } from "../../plan/composer.ts";
import type { Point, Size } from "../../plan/geometry.ts";
import type { Rgb } from "../../plan/tables/values.ts";
import type { PixelSource } from "../../plan/view.ts";
import type { Fields } from "../fields.ts";
import { whole } from "./placements.ts";
import { roundHalfEven } from "./resized_size.ts";

/** A square canvas, and where a content lies on it. */
export interface Square {
  /** The square. */
  canvas: Size;
  /** The content's top left. */
  offset: Point;
}

/**
 * Lays a picture in the middle of the smallest square around it. The square has the colour of `mean`. A
 * picture that is square already is its own result.
 * Source: transformers `models/llava/image_processing_pil_llava.py`, `pad_to_square`.
 * @param index the picture's index in the call
 */
export function paddedSquare(
  composer: Composer,
  index: number,
  mean: Rgb,
): { source: PixelSource; size: Size } {
  const size = composer.pictures[index];
  if (size.width === size.height) return { source: { picture: index }, size };
  const { canvas, offset } = squareAround(size);
  const view = composer.canvas({
    canvas,
    fill: colourOf(mean),
    placements: [whole({ picture: index }, size, size, "nearest", offset)],
  });
  return { source: { view }, size: canvas };
}

/**
 * Returns the smallest square around a content, which lies in its middle. An odd pixel is left over after it.
 */
export function squareAround({ width, height }: Size): Square {
  const side = Math.max(width, height);
  return {
    canvas: { width: side, height: side },
    offset: { x: Math.floor((side - width) / 2), y: Math.floor((side - height) / 2) },
  };
}

/**
 * Requires an `image_mean` of three numbers, where the file has one: Python makes a colour of them.
 * Source: transformers `models/llava/image_processing_llava.py`, `_preprocess`, and its like.
 * @throws {VitrailError} `recipe` for one number.
 */
export function requireMeanOfThree(fields: Fields): void {
  if (typeof fields.value("image_mean") !== "number") return;
  throw fields.bad("image_mean", "three numbers, since the colour around pictures is made of them");
}

/** Returns the colour of a mean, truncated to bytes. */
export function colourOf(mean: Rgb): Rgb {
  const [red, green, blue] = mean.map((value) => Math.trunc(value * 255) & 255);
  return [red, green, blue];
}

/**
 * Returns the size of a picture whose longer side becomes `side`. Sides are rounded, halves to even, and none
 * is below `least`.
 * Source: transformers `models/janus/image_processing_janus.py`, `resize`.
 */
export function longerAt({ width, height }: Size, side: number, least: number): Size {
  const scale = side / Math.max(width, height);
  const resized = (length: number) => Math.max(roundHalfEven(length * scale), least);
  return { width: resized(width), height: resized(height) };
}
