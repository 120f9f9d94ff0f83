import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { budgetOf, requireAspect, withinBudget } from "../parts/pixel_budget.ts";
import { roundHalfEven } from "../parts/common_fields.ts";
import { composePatches, patchFields, type Patching } from "../parts/patches.ts";

const NAME = "paddleocr_vl";

/** Rows are patches in row-major order, each an image. */
const PATCHES = "c (h p) (w q) -> (h w) (c t) p q";

/**
 * PaddleOCR-VL: sides rounded as Qwen2-VL rounds them, patches in row-major order: `pixel_values` `[patches, 3 · t, p, p]`,
 * `image_grid_thw` `[pictures, 3]`. `image_token` is the text that stands for one token, `<|IMAGE_PLACEHOLDER|>` by default.
 * Source: transformers `models/paddleocr_vl/image_processing_pil_paddleocr_vl.py`, `processing_paddleocr_vl.py`.
 */
export function paddleOcrVl(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values, patch, time, merge } = patchFields(fields, 1);
  const budget = budgetOf(fields, patch * merge, { least: 384 * 384, most: 1536 * 1536 }, true);
  const patching: Patching = {
    patch,
    merge,
    filter,
    fit(picture) {
      if (!doResize) return picture;
      const size = atLeast(picture, budget.factor);
      requireAspect(NAME, picture, size);
      return withinBudget(size, budget);
    },
    pattern: PATCHES,
    sizes: { p: patch, q: patch, t: time },
    token: fields.text("image_token") ?? "<|IMAGE_PLACEHOLDER|>",
  };
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    compose: (composer: Composer) => composePatches(composer, patching),
  };
}

/** A height below `side` at `side` and the width in proportion, then the width likewise. Source: `smart_resize`. */
function atLeast({ width, height }: Size, side: number): Size {
  if (height < side) [width, height] = [roundHalfEven(width * side / height), side];
  if (width < side) [width, height] = [side, roundHalfEven(height * side / width)];
  return { width, height };
}
