import type { Size } from "../../../plan/geometry.ts";
import type { Fields } from "../../fields.ts";
import { mergedPatching, mergedTokens, patchFields, patchRecipe } from "../../parts/patches.ts";
import { budgetOf, fittedSize } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

const NAME = "hunyuan_vl";

/** The pattern whose rows are patches in row-major order, of a canvas of whole groups. */
const PATCHES = "c (h m p) (w n q) -> (h m w n) (c t p q)";

/**
 * HunyuanOCR and HunYuan-VL. Sides are rounded as Qwen2-VL rounds them, and patches are in row-major order.
 * Pillow's twin resamples with bicubic, whatever `resample` says.
 *
 * Outputs: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`. `image_token` is the
 * text that stands for one token. A line of tokens has one more, and a picture two more where
 * `cat_extra_token` is true, as by default.
 *
 * Source: transformers `models/hunyuan_vl/image_processing_hunyuan_vl.py`,
 * `image_processing_pil_hunyuan_vl.py`, `processing_hunyuan_vl.py`.
 */
export function hunyuanVl(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 1, { patch: 16 });
  const defaults = { least: 512 * 512, most: 2048 * 2048, minAndMax: true };
  const budget = budgetOf(fields, own.patch * own.merge, defaults);
  const token = fields.text("image_token") ?? "<｜hy_place▁holder▁no▁102｜>";
  const extra = fields.boolean("cat_extra_token") ?? true ? 2 : 0;
  const fit = (picture: Size) => fittedSize(NAME, picture, budget);
  return patchRecipe(NAME, fields, own, {
    ...mergedPatching(own, token, fit),
    ...(own.backend === "pil" ? { filter: "bicubic" } : {}),
    pattern: PATCHES,
    expand(grid) {
      const { tokenGrid } = mergedTokens({ merge: own.merge, token }, grid);
      const tokens = tokenGrid.rows * (tokenGrid.columns + 1) + extra;
      return { tokens, parts: [[token, tokens]], token, tokenGrid };
    },
  });
}
