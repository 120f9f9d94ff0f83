import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { budgetOf, requireAspect, withinBudget } from "../parts/pixel_budget.ts";
import { composePatches, MERGED_PATCHES, mergedSizes, patchFields, type Patching } from "../parts/patches.ts";

const NAME = "glm4v";

/**
 * GLM-4.1V, 4.5V and 4.6V: patches as Qwen2-VL cuts them, within a budget that counts a still picture `temporal_patch_size`
 * times: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`. `image_token` is the text that stands
 * for one token, `<|image|>` by default.
 * Source: transformers `models/glm4v/image_processing_pil_glm4v.py`, `processing_glm4v.py`.
 */
export function glm4v(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values, patch, time, merge } = patchFields(fields, 2);
  const budget = budgetOf(fields, patch * merge, { least: 112 * 112, most: 28 * 28 * 15000 }, false);
  const patching: Patching = {
    patch,
    merge,
    filter,
    fit(picture) {
      if (!doResize) return picture;
      const size = atLeast(picture, budget.factor);
      requireAspect(NAME, picture, size);
      return withinBudget(size, budget, time);
    },
    pattern: MERGED_PATCHES,
    sizes: mergedSizes(patch, merge, time),
    token: fields.text("image_token") ?? "<|image|>",
  };
  return {
    kind: "processor",
    name: NAME,
    parameters: { ...fields.given(), patch_size: patch, temporal_patch_size: time, merge_size: merge },
    values,
    compose: (composer: Composer) => composePatches(composer, patching),
  };
}

/** The size scaled up, sides truncated, until both reach `side`. Source: `smart_resize`. */
function atLeast({ width, height }: Size, side: number): Size {
  if (width >= side && height >= side) return { width, height };
  const scale = Math.max(side / height, side / width);
  return { width: Math.trunc(width * scale), height: Math.trunc(height * scale) };
}
