import type { Size } from "../../../plan/geometry.ts";
import type { Fields } from "../../fields.ts";
import { mergedPatching, mergedTokens, patchFields, patchRecipe } from "../../parts/patches.ts";
import { budgetOf, type PixelBudget } from "../../parts/pixel_budget.ts";
import { roundHalfEven } from "../../parts/resized_size.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { refusal } from "../../refusal.ts";

const NAME = "glm_image";

/**
 * GLM-Image. A picture is halved, and scaled so that its shorter side reaches the square root of the fewest
 * pixels, its longer side no more than that of the most. Pictures become patches as Qwen2-VL cuts them, and
 * every patch is a token.
 *
 * Outputs: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`. `image_token` is the
 * text that stands for one token, `<|image|>` by default.
 *
 * Source: transformers `models/glm_image/image_processing_glm_image.py`, `processing_glm_image.py`.
 */
export function glmImage(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 2);
  const defaults = { least: 56 * 56, most: 28 * 28 * 1280, minAndMax: true };
  const budget = budgetOf(fields, own.patch * own.merge, defaults);
  const token = fields.text("image_token") ?? "<|image|>";
  return patchRecipe(NAME, fields, own, {
    ...mergedPatching(own, token, (picture) => halved(picture, budget)),
    expand: (grid) => mergedTokens({ merge: 1, token }, grid),
  });
}

/** The size of a picture on its canvas. Source: `smart_resize`. */
function halved(picture: Size, { factor, least, most }: PixelBudget): Size {
  const { width, height } = picture;
  const shorter = Math.min(width, height), longer = Math.max(width, height);
  if (shorter < factor) throw refusal(NAME, picture, `both sides must be at least ${factor}`);
  if (longer / shorter > 4) throw refusal(NAME, picture, "one side may be 4 times the other at most");
  const shortest = roundHalfEven(Math.sqrt(least)), longest = roundHalfEven(Math.sqrt(most));
  let scale = shorter < shortest ? shortest / shorter : 1;
  if (longer * scale > longest) scale = longest / longer;
  const halfOf = (side: number) => {
    return Math.max(factor, roundHalfEven(Math.floor(side / 2) * scale / factor) * factor);
  };
  const half = { width: halfOf(width), height: halfOf(height) };
  const beyond = Math.max(half.width, half.height) / longest;
  if (beyond <= 1) return half;
  const floor = (side: number) => Math.max(factor, Math.floor(side / beyond / factor) * factor);
  return { width: floor(half.width), height: floor(half.height) };
}
