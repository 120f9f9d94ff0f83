import type { Size } from "../../plan/geometry.ts";
import type { Fields } from "../fields.ts";
import { composePatches, mergedPatching, patchFields } from "../parts/patches.ts";
import { budgetOf, requireAspect, withinBudget } from "../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../recipe.ts";

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
  const { values, patch, time, merge } = own;
  const budget = budgetOf(fields, patch * merge, { least: 112 * 112, most: 28 * 28 * 15000 });
  const token = fields.text("image_token") ?? "<|image|>";
  const patching = mergedPatching(own, token, (picture) => {
    const size = atLeast(picture, budget.factor);
    requireAspect(NAME, picture, size);
    return withinBudget(size, budget, time);
  });
  return {
    kind: "processor",
    name: NAME,
    parameters: { ...fields.given(), patch_size: patch, temporal_patch_size: time, merge_size: merge },
    values,
    compose: (composer) => composePatches(composer, patching),
  };
}

/** The size scaled up, sides truncated, until both reach `side`. Source: `smart_resize`. */
function atLeast({ width, height }: Size, side: number): Size {
  if (width >= side && height >= side) return { width, height };
  const scale = Math.max(side / height, side / width);
  return { width: Math.trunc(width * scale), height: Math.trunc(height * scale) };
}
