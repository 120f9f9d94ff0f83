import type { Size } from "../../../plan/geometry.ts";
import type { Fields } from "../../fields.ts";
import { HALVES } from "../../parts/common_fields.ts";
import { mergedPatching, patchFields, patchRecipe } from "../../parts/patches.ts";
import { budgetOf, fittedFrames } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

const NAME = "cosmos3_edge";

/** The pattern whose rows are patches, group by group, channels after pixels. */
const PATCHES = "c (h m p) (w n q) -> (h w m n) (p q c t)";

/**
 * Cosmos 3 Edge. Sides are rounded as GLM-4V's are. Patches follow one another group by group, and in each of
 * them channels follow the pixels.
 *
 * Outputs: `pixel_values` `[patches, p · p · 3 · t]`, `image_grid_thw` `[pictures, 3]`. `image_token` is the
 * text that stands for one token, `<|image_pad|>` by default.
 *
 * Source: transformers `models/cosmos3_edge/image_processing_cosmos3_edge.py`, `processing_cosmos3_edge.py`.
 */
export function cosmos3Edge(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 1, { ...HALVES, patch: 16 });
  const budget = budgetOf(fields, own.patch * own.merge, { least: 256 * 256, most: 4096 * 4096 });
  const token = fields.text("image_token") ?? "<|image_pad|>";
  const fit = (picture: Size) => fittedFrames(NAME, picture, budget, own.time);
  return patchRecipe(NAME, fields, own, { ...mergedPatching(own, token, fit), pattern: PATCHES });
}
