import type { Size } from "../../../plan/geometry.ts";
import type { Backend } from "../../backend.ts";
import type { Fields } from "../../fields.ts";
import { mergedPatching, patchFields, patchRecipe } from "../../parts/patches.ts";
import { budgetOf, fittedFrames } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

const NAME = "glmga";

/**
 * GLM-GA. Pictures become patches as GLM-4V's do. `patch_expand_factor` (1 by default) multiplies the factor
 * of the sides; Pillow's twin takes the field and does not use it.
 *
 * Outputs: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`. `image_token` is the
 * text that stands for one token, `<|image|>` by default.
 *
 * Source: transformers `models/glmga/image_processing_glmga.py`, `image_processing_pil_glmga.py`,
 * `processing_glmga.py`.
 */
export function glmga(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 2);
  const factor = own.patch * own.merge * expandOf(fields, own.backend);
  const budget = budgetOf(fields, factor, { least: 112 * 112, most: 28 * 28 * 15000 });
  const token = fields.text("image_token") ?? "<|image|>";
  const fit = (picture: Size) => fittedFrames(NAME, picture, budget, own.time);
  return patchRecipe(NAME, fields, own, mergedPatching(own, token, fit));
}

/** Reads `patch_expand_factor`, by which torchvision's classes multiply the factor of the sides. */
export function expandOf(fields: Fields, backend: Backend): number {
  const expand = fields.count("patch_expand_factor") ?? 1;
  return backend === "pil" ? 1 : expand;
}
