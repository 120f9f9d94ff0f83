import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import type { Rgb } from "../../plan/tables/values.ts";
import type { PixelSource } from "../../plan/view.ts";
import { whole } from "./placements.ts";

/**
 * Lays a picture in the middle of the smallest square around it. The square has the colour of `mean`,
 * truncated to bytes. A picture that is square already is its own result.
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
  const side = Math.max(size.width, size.height);
  const canvas = { width: side, height: side };
  const offset = { x: Math.floor((side - size.width) / 2), y: Math.floor((side - size.height) / 2) };
  const [red, green, blue] = mean.map((value) => Math.trunc(value * 255) & 255);
  const view = composer.canvas({
    canvas,
    fill: [red, green, blue],
    placements: [whole({ picture: index }, size, size, "nearest", offset)],
  });
  return { source: { view }, size: canvas };
}
