import type { Size } from "../../../plan/geometry.ts";
import type { Fields } from "../../fields.ts";
import { composePatches, mergedPatching, patchFields } from "../../parts/patches.ts";
import { budgetOf, fittedSize } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { qwen2VlVideo } from "../clips/qwen2_vl_video.ts";

const NAME = "qwen2_vl";

/** The budget that the class for pictures defaults to, pixels. */
const PICTURE_BUDGET = { least: 56 * 56, most: 28 * 28 * 1280, minAndMax: true };

/**
 * Qwen2-VL, Qwen2.5-VL and Qwen3-VL. Sides are rounded to whole groups of patches within a budget of pixels.
 * The patches of all pictures follow one another.
 *
 * Outputs: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`.
 *
 * With `video` (Qwen2-VL and 2.5), a sample's pictures are the frames of one clip: see `qwen2VlVideo`.
 * `image_token` is the text that stands for one token.
 *
 * Source: transformers `models/qwen2_vl/image_processing_pil_qwen2_vl.py`, `_preprocess`.
 */
export function qwen2Vl(fields: Fields): ProcessorRecipe {
  if (fields.boolean("video") ?? false) {
    if (!fields.what.startsWith("Qwen3")) return qwen2VlVideo(fields);
    throw fields.bad("video", "false: Qwen3-VL's clips have a budget of their own, which this is not");
  }
  const own = patchFields(fields, 2);
  const { values, patch, time, merge } = own;
  const budget = budgetOf(fields, patch * merge, PICTURE_BUDGET);
  const imageToken = fields.text("image_token") ?? "<|image_pad|>";
  fields.ignore("video_token");
  const fit = (picture: Size) => fittedSize(NAME, picture, budget);
  const patching = mergedPatching(own, imageToken, fit);
  return {
    kind: "processor",
    name: NAME,
    parameters: { ...fields.given(), patch_size: patch, temporal_patch_size: time, merge_size: merge },
    values,
    compose: (composer) => composePatches(composer, patching),
  };
}
