import type { Size } from "../../../plan/geometry.ts";
import type { Fields } from "../../fields.ts";
import { mergedPatching, patchFields, patchRecipe } from "../../parts/patches.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { refusal } from "../../refusal.ts";
import { expandOf } from "./glmga.ts";

/** The bounds of a picture's tokens, in pixels of all its frames. */
export interface TokenBudget {
  /** Both sides of a canvas are multiples of it. */
  factor: number;
  /** The frames that a still picture counts for; of a clip all, in whole steps. */
  frames: number;
  /** The frames of a clip as they are; `frames` where absent. */
  own?: number;
  /** The fewest pixels. */
  least: number;
  /** The most pixels. */
  most: number;
}

/**
 * GLM-5 Next. A canvas of whole groups of patches is sought for each picture, `min_image_tokens` (16) to
 * `max_image_tokens` (8000) tokens large. The picture keeps its aspect, is enlarged only where it is below
 * the budget, and stands at the canvas's top left. The rest of the canvas is black.
 *
 * Outputs: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`. `image_token` is the
 * text that stands for one token, `<|image|>` by default. `size` changes nothing.
 *
 * Source: transformers `models/glm5_next/image_processing_glm5_next.py`, `image_processing_pil_glm5_next.py`,
 * `processing_glm5_next.py`.
 */
export function glm5Next(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 2);
  const factor = own.patch * own.merge * expandOf(fields, own.backend), frames = own.time;
  const pixels = frames * factor ** 2;
  const least = (fields.count("min_image_tokens") ?? 16) * pixels;
  const most = (fields.count("max_image_tokens") ?? 8000) * pixels;
  const budget = { factor, frames, least, most };
  const token = fields.text("image_token") ?? "<|image|>";
  const patching = mergedPatching(own, token, (picture) => canvasOf(picture, budget));
  return patchRecipe("glm5_next", fields, own, {
    ...patching,
    ...(own.doResize ? { content: (picture, canvas) => contentOf(picture, canvas, budget) } : {}),
  });
}

/**
 * Returns the size of a picture's canvas.
 * Source: `smart_resize`.
 * @throws {VitrailError} `shape` where the budget has not a group of patches for each frame.
 */
export function canvasOf(picture: Size, budget: TokenBudget): Size {
  const { factor, frames, own = frames, least, most } = budget;
  const up = (side: number) => Math.ceil(side / factor) * factor;
  const pixels = ({ width, height }: Size) => frames * height * width;
  let canvas = { width: up(picture.width), height: up(picture.height) };
  if (pixels(canvas) < least) {
    const scale = Math.sqrt(least / (own * picture.height * picture.width));
    canvas = { width: up(Math.ceil(picture.width * scale)), height: up(Math.ceil(picture.height * scale)) };
  }
  return pixels(canvas) > most ? largestWithin(picture, budget) : canvas;
}

/**
 * The canvas of the highest content within the budget that keeps the picture's aspect. It is found by halving
 * an interval of heights. Source: `smart_resize`, `fit_within_budget`.
 */
function largestWithin(picture: Size, { factor, frames, most }: TokenBudget): Size {
  const up = (side: number) => Math.ceil(side / factor) * factor;
  if (frames * factor ** 2 > most) {
    const why = `${frames} frames of ${factor}x${factor} are more than max_image_tokens allows; take fewer`;
    throw refusal("glm5_next", picture, why);
  }
  let low = 1, high = picture.height, best = { width: factor, height: factor };
  while (low <= high) {
    const height = Math.floor((low + high) / 2);
    const width = Math.max(1, Math.floor(picture.width * height / picture.height));
    const canvas = { width: up(width), height: up(height) };
    if (frames * canvas.height * canvas.width <= most) {
      best = canvas;
      low = height + 1;
    } else high = height - 1;
  }
  return best;
}

/** Returns the size of a picture on its canvas. Source: `Glm5NextImageProcessor.resize`. */
export function contentOf(
  { width, height }: Size,
  canvas: Size,
  { frames, own = frames, least }: TokenBudget,
): Size {
  let scale = Math.min(canvas.height / height, canvas.width / width);
  if (own * height * width >= least) scale = Math.min(1, scale);
  const within = (side: number, most: number) => Math.max(1, Math.min(most, Math.floor(side * scale)));
  return { width: within(width, canvas.width), height: within(height, canvas.height) };
}
