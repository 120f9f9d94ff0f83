import type { Fields } from "../../fields.ts";
import { HALVES } from "../../parts/common_fields.ts";
import { patchFields, patchPattern } from "../../parts/patches.ts";
import { budgetOf, type PixelBudget } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import type { Clip } from "../../videos/clips.ts";
import { middleTimes, type StepMarks, stepTokens, timedSteps, tokenGridOf } from "../../videos/clip_text.ts";
import { twoASecond } from "../../videos/frame_sampling.ts";
import { composePatchClips } from "../../videos/patch_clips.ts";
import { withinClipBudget } from "../../videos/clip_budget.ts";

/**
 * Qwen3-VL's clips. Sides are rounded to whole groups of patches within a budget of pixels over all frames.
 * Each step's text begins with its time: `<0.3 seconds>`.
 *
 * Outputs: `pixel_values_videos` `[patches, 3 · t · p · p]`, `video_grid_thw` `[clips, 3]`.
 *
 * `cap_pixels_per_frame` bounds each frame by `max_video_tokens` tokens and by its share of the budget, as
 * qwen-vl-utils does.
 *
 * Source: transformers `models/qwen3_vl/video_processing_qwen3_vl.py`, `processing_qwen3_vl.py`.
 */
export function qwen3VlVideo(fields: Fields): ProcessorRecipe {
  const token = fields.text("video_token") ?? "<|video_pad|>";
  return timedClips("qwen3_vl", fields, { token, start: "<|vision_start|>", end: "<|vision_end|>" });
}

/**
 * Cohere Compass's clips, as Qwen3-VL's, under other tokens.
 *
 * Source: transformers `models/cohere_compass/video_processing_cohere_compass.py`,
 * `processing_cohere_compass.py`.
 */
export function cohereCompassVideo(fields: Fields): ProcessorRecipe {
  const marks = { token: "<|VIDEO_PAD|>", start: "<|VISION_START|>", end: "<|VISION_END|>" };
  return timedClips("cohere_compass", fields, marks);
}

function timedClips(name: string, fields: Fields, marks: StepMarks): ProcessorRecipe {
  const own = patchFields(fields, 2, { patch: 16, ...HALVES });
  const { values, patch, time, merge, doResize, filter } = own;
  const factor = patch * merge;
  const budget = budgetOf(fields, factor, { least: 128 * 32 * 32, most: 32 * 32 * 768 });
  const capped = fields.boolean("cap_pixels_per_frame") ?? false;
  const frameTokens = fields.count("max_video_tokens") ?? 768;
  fields.leaveUnused("max_image_size", "max_duration"); // the class has them, and reads neither
  return {
    kind: "processor",
    name,
    parameters: fields.given(),
    values,
    sampling: twoASecond(fields),
    *compose(composer) {
      yield* composePatchClips(composer, {
        name,
        patch,
        time,
        filter,
        ...patchPattern({ patch, time, merge }),
        fit(clip) {
          if (!doResize) return { canvas: clip.size };
          const bounds = capped ? cappedBudget(budget, clip, frameTokens) : budget;
          return { canvas: withinClipBudget(name, clip, bounds, time) };
        },
        text(clip) {
          const { token } = marks, tokens = stepTokens(clip, merge);
          const steps = middleTimes(clip.chosen, time).slice(0, clip.grid[0]);
          const parts = timedSteps(steps, marks, tokens);
          return { token, tokens: tokens * clip.grid[0], parts, tokenGrid: tokenGridOf(clip, merge) };
        },
      });
    },
  };
}

/** Returns a clip's budget where each frame has a bound of its own. */
function cappedBudget(budget: PixelBudget, { frames }: Clip, frameTokens: number): PixelBudget {
  const share = Math.min(frameTokens * budget.factor ** 2, Math.floor(budget.most / frames));
  return { ...budget, most: Math.max(share, Math.trunc(budget.least * 1.05)) * frames };
}
