import type { Size } from "../../../plan/geometry.ts";
import type { Fields } from "../../fields.ts";
import { mergedPatching, patchFields, patchRecipe } from "../../parts/patches.ts";
import { budgetOf, fittedSize } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

const NAME = "ernie4_5_vl_moe";

/**
 * ERNIE 4.5 VL. Pictures become patches as Qwen2-VL cuts them, of one frame by default.
 *
 * Outputs: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`. `image_token` is the
 * text that stands for one token, `<|IMAGE_PLACEHOLDER|>` by default.
 *
 * Source: transformers `models/ernie4_5_vl_moe/image_processing_ernie4_5_vl_moe.py`,
 * `processing_ernie4_5_vl_moe.py`.
 */
export function ernie45VlMoe(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 1);
  const budget = budgetOf(fields, own.patch * own.merge, { least: 56 * 56, most: 28 * 28 * 6177 });
  const token = fields.text("image_token") ?? "<|IMAGE_PLACEHOLDER|>";
  const fit = (picture: Size) => fittedSize(NAME, picture, budget);
  return patchRecipe(NAME, fields, own, mergedPatching(own, token, fit));
}
