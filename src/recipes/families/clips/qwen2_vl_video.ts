import type { Fields } from "../../fields.ts";
import { mergedTokens, patchFields, patchPattern } from "../../parts/patches.ts";
import { budgetOf, requireAspect, withinBudget } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { secondsOfStep } from "../../videos/clip_text.ts";
import { samplingOf } from "../../videos/frame_sampling.ts";
import { composePatchClips } from "../../videos/patch_clips.ts";
import { inTimeSteps } from "../../videos/samplers.ts";

const NAME = "qwen2_vl";

/**
 * Qwen2-VL's and Qwen2.5-VL's clips. Sides are rounded to whole groups of patches within a budget of pixels a
 * frame.
 *
 * Outputs: `pixel_values_videos` `[patches, 3 · t · p · p]`, `video_grid_thw` `[clips, 3]`. `video_token` is
 * the text that stands for one token, `<|video_pad|>` by default. `fps` is how many of the frames make a
 * second, for clips that do not say.
 *
 * Source: transformers `models/qwen2_vl/video_processing_qwen2_vl.py`, `processing_qwen2_5_vl.py`.
 */
export function qwen2VlVideo(fields: Fields): ProcessorRecipe {
  const { values, patch, time, merge, doResize, filter } = patchFields(fields, 2);
  // `max_video_tokens` counts where `cap_pixels_per_frame` asks for it, which this class does not read.
  fields.leaveUnused("max_video_tokens");
  fields.ignore("image_token");
  const defaults = { least: 128 * 28 * 28, most: 28 * 28 * 768, minAndMax: true };
  const budget = budgetOf(fields, patch * merge, defaults);
  const token = fields.text("video_token") ?? "<|video_pad|>";
  const sampling = samplingOf(fields, {
    choose: inTimeSteps,
    temporal_patch_size: 2,
    min_frames: 4,
    max_frames: 768,
  });
  return {
    kind: "processor",
    name: NAME,
    parameters: { ...fields.given(), patch_size: patch, temporal_patch_size: time, merge_size: merge },
    values,
    sampling,
    *compose(composer) {
      yield* composePatchClips(composer, {
        name: NAME,
        patch,
        time,
        filter,
        ...patchPattern({ patch, time, merge }),
        fit({ size }) {
          if (!doResize) return { canvas: size };
          requireAspect(NAME, size);
          return { canvas: withinBudget(size, budget) };
        },
        text({ chosen, grid: [steps, ...grid] }) {
          const seconds = secondsOfStep(chosen, time, sampling.own.fps);
          return { ...mergedTokens({ merge, token }, grid, steps), ...seconds };
        },
      });
    },
  };
}
