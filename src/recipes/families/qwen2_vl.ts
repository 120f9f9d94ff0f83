import type { Fields } from "../fields.ts";
import { composePatches, mergedPatching, patchFields } from "../parts/patches.ts";
import { budgetOf, fittedSize } from "../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { composeQwenClips } from "./qwen2_vl_video.ts";

const NAME = "qwen2_vl";

/** The budget that the class for pictures defaults to, pixels. */
const PICTURE_BUDGET = { least: 56 * 56, most: 28 * 28 * 1280, minAndMax: true };

/** The budget that the class for videos defaults to, pixels. */
const VIDEO_BUDGET = { least: 128 * 28 * 28, most: 28 * 28 * 768, minAndMax: true };

/**
 * Qwen2-VL, Qwen2.5-VL and Qwen3-VL. Sides are rounded to whole groups of patches within a budget of pixels.
 * The patches of all pictures follow one another.
 *
 * Outputs: `pixel_values` `[patches, 3 · t · p · p]`, `image_grid_thw` `[pictures, 3]`.
 *
 * With `video` (Qwen2-VL and 2.5), a sample's pictures are the frames of one clip, and the budget's defaults
 * are those of the class for videos: see `composeQwenClips`. `fps` is how many of the frames make a second.
 * `image_token` and `video_token` are the texts that stand for one token.
 *
 * Source: transformers `models/qwen2_vl/image_processing_pil_qwen2_vl.py`, `_preprocess`.
 */
export function qwen2Vl(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 2);
  const { values, patch, time, merge } = own;
  const video = fields.boolean("video") ?? false;
  if (video && fields.what.startsWith("Qwen3")) {
    throw fields.bad("video", "false: Qwen3-VL's clips have a budget of their own, which this is not");
  }
  const budget = budgetOf(fields, patch * merge, video ? VIDEO_BUDGET : PICTURE_BUDGET);
  const fps = video ? fields.number("fps", "frames in a second, above 0", (n) => n > 0) : undefined;
  const imageToken = fields.text("image_token") ?? "<|image_pad|>";
  const videoToken = fields.text("video_token") ?? "<|video_pad|>";
  const patching = mergedPatching(own, video ? videoToken : imageToken, (picture) => {
    return fittedSize(NAME, picture, budget);
  });
  return {
    kind: "processor",
    name: NAME,
    parameters: { ...fields.given(), patch_size: patch, temporal_patch_size: time, merge_size: merge },
    values,
    compose(composer) {
      if (video) composeQwenClips(composer, patching, time, fps);
      else composePatches(composer, patching);
    },
  };
}
