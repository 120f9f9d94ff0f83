import type { Size } from "../../../plan/geometry.ts";
import type { Fields } from "../../fields.ts";
import { mergedPatching, patchFields, patchRecipe } from "../../parts/patches.ts";
import { budgetOf, fittedSize } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

const NAME = "cohere_compass";

/**
 * Cohere Compass. Pictures become patches as Qwen2-VL's do.
 *
 * Outputs: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`. `image_token` is the
 * text that stands for one token, `<|IMAGE_PAD|>` by default.
 *
 * Source: transformers `models/cohere_compass/image_processing_cohere_compass.py`,
 * `processing_cohere_compass.py`.
 */
export function cohereCompass(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 2);
  const defaults = { least: 56 * 56, most: 28 * 28 * 1280, minAndMax: true };
  const budget = budgetOf(fields, own.patch * own.merge, defaults);
  const token = fields.text("image_token") ?? "<|IMAGE_PAD|>";
  const fit = (picture: Size) => fittedSize(NAME, picture, budget);
  return patchRecipe(NAME, fields, own, mergedPatching(own, token, fit));
}
