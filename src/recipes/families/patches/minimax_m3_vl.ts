import type { Fields } from "../../fields.ts";
import { mergedPatching, mergedTokens, patchFields, patchRecipe } from "../../parts/patches.ts";
import { budgetOf, fittedSize } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

const NAME = "minimax_m3_vl";

/**
 * MiniMax M3 VL. Pictures become patches as Qwen2-VL cuts them.
 *
 * Outputs: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`. `image_token` is the
 * text that stands for one token, `]<]image[>[` by default; two marks stand around a picture's tokens.
 *
 * Source: transformers `models/minimax_m3_vl/image_processing_minimax_m3_vl.py`,
 * `processing_minimax_m3_vl.py`.
 */
export function miniMaxM3Vl(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 2);
  const defaults = { least: 4 * 28 * 28, most: 672 * 672, minAndMax: true, formerSize: [672, 672] };
  const budget = budgetOf(fields, own.patch * own.merge, defaults);
  const token = fields.text("image_token") ?? "]<]image[>[";
  const patching = mergedPatching(own, token, (picture) => fittedSize(NAME, picture, budget));
  return patchRecipe(NAME, fields, own, {
    ...patching,
    expand(grid) {
      const text = mergedTokens(patching, grid);
      return { ...text, parts: ["]<]start of image[>[", ...text.parts, "]<]end of image[>["] };
    },
  });
}
