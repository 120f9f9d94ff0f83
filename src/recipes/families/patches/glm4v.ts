import type { Size } from "../../../plan/geometry.ts";
import type { Fields } from "../../fields.ts";
import { mergedPatching, patchFields, patchRecipe } from "../../parts/patches.ts";
import { budgetOf, fittedFrames } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

const NAME = "glm4v";

/**
 * GLM-4.1V, 4.5V and 4.6V. Pictures become patches as Qwen2-VL cuts them. The budget counts the pixels of a
 * still picture `temporal_patch_size` times.
 *
 * Outputs: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`. `image_token` is the
 * text that stands for one token, `<|image|>` by default.
 *
 * Source: transformers `models/glm4v/image_processing_pil_glm4v.py`, `processing_glm4v.py`.
 */
export function glm4v(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 2);
  const budget = budgetOf(fields, own.patch * own.merge, { least: 112 * 112, most: 28 * 28 * 15000 });
  const token = fields.text("image_token") ?? "<|image|>";
  const fit = (picture: Size) => fittedFrames(NAME, picture, budget, own.time);
  return patchRecipe(NAME, fields, own, mergedPatching(own, token, fit));
}
