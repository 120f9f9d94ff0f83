import { type Size, sizeText } from "../../../plan/geometry.ts";
import type { Fields } from "../../fields.ts";
import { mergedPatching, mergedTokens, patchFields, patchRecipe } from "../../parts/patches.ts";
import { budgetOf, type PixelBudget, requireAspect } from "../../parts/pixel_budget.ts";
import { roundHalfEven } from "../../parts/resized_size.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { NO_PIXELS, refusal } from "../../refusal.ts";

const NAME = "minimax_m3_vl";

/**
 * MiniMax M3 VL. Pictures become patches as Qwen2-VL cuts them, after a rounding of its own.
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
  const patching = mergedPatching(own, token, (picture) => fitted(picture, budget));
  return patchRecipe(NAME, fields, own, {
    ...patching,
    expand(grid) {
      const text = mergedTokens(patching, grid);
      return { ...text, parts: ["]<]start of image[>[", ...text.parts, "]<]end of image[>["] };
    },
  });
}

/**
 * Returns the size within the budget, each side a group of patches at least before that.
 * Source: `smart_resize`.
 */
export function fitted(picture: Size, { factor, least, most }: PixelBudget): Size {
  requireAspect(NAME, picture);
  const both = (whole: (side: number) => number) => ({
    width: whole(picture.width) * factor,
    height: whole(picture.height) * factor,
  });
  const rounded = both((side) => Math.max(1, roundHalfEven(side / factor)));
  const pixels = rounded.height * rounded.width, own = picture.height * picture.width;
  if (pixels <= most) {
    if (pixels >= least) return rounded;
    const beta = Math.sqrt(least / own);
    return both((side) => Math.ceil(side * beta / factor));
  }
  const beta = Math.sqrt(own / most);
  const reduced = both((side) => Math.floor(side / beta / factor));
  if (reduced.width > 0 && reduced.height > 0) return reduced;
  throw refusal(NAME, picture, `it would become ${sizeText(reduced)}, ${NO_PIXELS}`);
}
