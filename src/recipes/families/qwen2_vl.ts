import type { Composer } from "../../plan/composer.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { budgetOf, requireAspect, withinBudget } from "../parts/pixel_budget.ts";
import { composePatches, MERGED_PATCHES, mergedSizes, patchFields, type Patching } from "../parts/patches.ts";
import { composeQwenClips } from "./qwen2_vl_video.ts";

const NAME = "qwen2_vl";

/** What the classes for pictures and for videos keep pixels within. */
const PICTURE_BUDGET = { least: 56 * 56, most: 28 * 28 * 1280 };
const VIDEO_BUDGET = { least: 128 * 28 * 28, most: 28 * 28 * 768 };

/**
 * Qwen2-VL, Qwen2.5-VL and Qwen3-VL: sides rounded to whole groups of patches within a budget of pixels; patches of all
 * pictures one after another: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`.
 * Source: transformers `models/qwen2_vl/image_processing_pil_qwen2_vl.py`, `_preprocess`.
 *
 * With `video` (Qwen2-VL and 2.5), a sample's pictures are the frames of one clip, and the class for videos gives the budget's
 * defaults: see `composeQwenClips`. `image_token` and `video_token` are the texts that stand for one token.
 */
export function qwen2Vl(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values, patch, time, merge } = patchFields(fields, 2);
  const video = fields.boolean("video") ?? false;
  if (video && fields.what.startsWith("Qwen3")) {
    throw fields.bad("video", "false: Qwen3-VL's clips have a budget of their own, which this is not");
  }
  const budget = budgetOf(fields, patch * merge, video ? VIDEO_BUDGET : PICTURE_BUDGET, true);
  const tokens = {
    image: fields.text("image_token") ?? "<|image_pad|>",
    video: fields.text("video_token") ?? "<|video_pad|>",
  };
  const patching: Patching = {
    patch,
    merge,
    filter,
    fit(picture) {
      if (!doResize) return picture;
      requireAspect(NAME, picture);
      return withinBudget(picture, budget);
    },
    pattern: MERGED_PATCHES,
    sizes: mergedSizes(patch, merge, time),
    token: video ? tokens.video : tokens.image,
  };
  return {
    kind: "processor",
    name: NAME,
    parameters: { ...fields.given(), patch_size: patch, temporal_patch_size: time, merge_size: merge },
    values,
    compose(composer: Composer) {
      if (video) composeQwenClips(composer, patching, time);
      else composePatches(composer, patching);
    },
  };
}
