import type { Size } from "../../../plan/geometry.ts";
import type { Fields } from "../../fields.ts";
import { composePatches, mergedPatching, patchFields, type Patching } from "../../parts/patches.ts";
import { budgetOf, requireAspect, withinBudget } from "../../parts/pixel_budget.ts";
import { roundHalfEven } from "../../parts/resized_size.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

const NAME = "paddleocr_vl";

/** The pattern whose rows are patches in row-major order, each an image. */
const PATCHES = "c (h p) (w q) -> (h w) (c t) p q";

/**
 * PaddleOCR-VL. Sides are rounded as Qwen2-VL rounds them, and patches are in row-major order.
 *
 * Outputs: `pixel_values` `[patches, 3 · t, p, p]`, `image_grid_thw` `[pictures, 3]`. `image_token` is the
 * text that stands for one token, `<|IMAGE_PLACEHOLDER|>` by default.
 *
 * Source: transformers `models/paddleocr_vl/image_processing_pil_paddleocr_vl.py`,
 * `processing_paddleocr_vl.py`.
 */
export function paddleOcrVl(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 1);
  const { values, patch, time, merge } = own;
  const defaults = { least: 384 * 384, most: 1536 * 1536, minAndMax: true };
  const budget = budgetOf(fields, patch * merge, defaults);
  const token = fields.text("image_token") ?? "<|IMAGE_PLACEHOLDER|>";
  const merged = mergedPatching(own, token, (picture) => {
    const size = atLeast(picture, budget.factor);
    requireAspect(NAME, picture, size);
    return withinBudget(size, budget);
  });
  const patching: Patching = { ...merged, pattern: PATCHES, sizes: { p: patch, q: patch, t: time } };
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    compose: (composer) => composePatches(composer, patching),
  };
}

/**
 * The size scaled up until both sides reach `side`: first by the height, then by the width. The other side is
 * rounded each time. Source: `smart_resize`.
 */
function atLeast({ width, height }: Size, side: number): Size {
  if (height < side) [width, height] = [roundHalfEven(width * side / height), side];
  if (width < side) [width, height] = [side, roundHalfEven(height * side / width)];
  return { width, height };
}
