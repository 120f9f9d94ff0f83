import type { TextPart } from "../../../plan/image_text.ts";
import type { Fields } from "../../fields.ts";
import { patchFields, patchPattern } from "../../parts/patches.ts";
import { budgetOf } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { withinClipBudget } from "../../videos/clip_budget.ts";
import { firstTimes, stepTokens, tenthsText, tokenGridOf } from "../../videos/clip_text.ts";
import { type SamplingDefaults, samplingOf } from "../../videos/frame_sampling.ts";
import { glm46vFrames, glm4vFrames, glmgaFrames } from "../../videos/glm_samplers.ts";
import { composePatchClips, type GriddedClip } from "../../videos/patch_clips.ts";
import { ASSUMED_RATE } from "../../videos/samplers.ts";

/** The part of a class of GLM's clips that is its own. */
interface GlmDefaults {
  /** The most pixels of all frames by default. */
  most: number;
  /** The way in which it chooses frames. */
  sampling: SamplingDefaults;
  /** Returns the text of a step's time. */
  time(seconds: number): string;
  /** True for a class that has `patch_expand_factor`. */
  expands?: boolean;
}

/**
 * GLM-4.1V's and GLM-4.5V's clips. Sides are rounded to whole groups of patches within a budget of pixels
 * over all frames. Each step's text ends with its time, in whole seconds.
 *
 * Outputs: `pixel_values_videos` `[patches, 3 · t · p · p]`, `video_grid_thw` `[clips, 3]`. `image_token` is
 * the text that stands for one token, `<|image|>` by default, and `video_token` what a clip is in a
 * conversation, `<|video|>`.
 *
 * Source: transformers `models/glm4v/video_processing_glm4v.py`, `processing_glm4v.py`.
 */
export function glm4vVideo(fields: Fields): ProcessorRecipe {
  return glmClips("glm4v", fields, {
    most: 28 * 28 * 2 * 30000,
    sampling: {
      choose: glm4vFrames,
      on: true,
      fps: 2,
      max_duration: 300,
      ofConfig: ["max_duration"],
      unread: ["num_frames"],
    },
    time: (seconds) => String(Math.trunc(seconds)),
  });
}

/**
 * GLM-4.6V's clips, as GLM-4.1V's. Each step's text ends with its time in tenths of seconds.
 *
 * Source: transformers `models/glm46v/video_processing_glm46v.py`, `processing_glm46v.py`.
 */
export function glm46vVideo(fields: Fields): ProcessorRecipe {
  return glmClips("glm46v", fields, {
    most: 28 * 28 * 2 * 30000,
    sampling: {
      choose: glm46vFrames,
      on: true,
      temporal_patch_size: 2,
      ofConfig: ["temporal_patch_size"],
      unread: ["fps", "num_frames", "max_duration"],
    },
    time: tenthsOfSeconds,
  });
}

/**
 * GLM-GA's clips, as GLM-4.6V's with a larger budget. `patch_expand_factor` multiplies what sides are rounded
 * to.
 *
 * Source: transformers `models/glmga/video_processing_glmga.py`, `processing_glmga.py`.
 */
export function glmgaVideo(fields: Fields): ProcessorRecipe {
  return glmClips("glmga", fields, {
    most: 28 * 28 * 2 * 55790,
    sampling: {
      choose: glmgaFrames,
      on: true,
      fps: 2,
      max_frames: 640,
      ofConfig: ["max_frames"],
      unread: ["num_frames", "max_duration"],
    },
    time: tenthsOfSeconds,
    expands: true,
  });
}

/** Returns a time in tenths of seconds, as GLM's texts have it. */
export function tenthsOfSeconds(seconds: number): string {
  return `${tenthsText(seconds)} seconds`;
}

function glmClips(name: string, fields: Fields, defaults: GlmDefaults): ProcessorRecipe {
  const { values, patch, time, merge, doResize, filter } = patchFields(fields, 2);
  const expand = defaults.expands ? fields.count("patch_expand_factor") ?? 1 : 1;
  // `size` counts alone: transformers keeps `max_image_size` for older configs.
  fields.leaveUnused("max_image_size");
  const budget = budgetOf(fields, patch * merge * expand, { least: 112 * 112, most: defaults.most });
  const text = glmText(fields, merge, defaults.time);
  return {
    kind: "processor",
    name,
    parameters: fields.given(),
    values,
    sampling: samplingOf(fields, { ...defaults.sampling, assumedRate: ASSUMED_RATE }),
    *compose(composer) {
      yield* composePatchClips(composer, {
        name,
        patch,
        time,
        filter,
        ...patchPattern({ patch, time, merge }),
        fit: (clip) => ({ canvas: doResize ? withinClipBudget(name, clip, budget, time) : clip.size }),
        text,
      });
    },
  };
}

/**
 * Reads the tokens of GLM's clips. Returns what gives a clip's text: each step's tokens between two marks,
 * and its time behind them.
 * Source: transformers `models/glm4v/processing_glm4v.py`, `replace_video_token`, `replace_frame_token_id`.
 */
export function glmText(fields: Fields, merge: number, time: (seconds: number) => string) {
  const token = fields.text("image_token") ?? "<|image|>", mark = fields.text("video_token") ?? "<|video|>";
  return (clip: GriddedClip) => {
    const [steps] = clip.grid, tokens = stepTokens(clip, merge), tokenGrid = tokenGridOf(clip, merge);
    const parts = firstTimes(clip.chosen, 2, steps).flatMap((seconds): TextPart[] => {
      return ["<|begin_of_image|>", [token, tokens], `<|end_of_image|>${time(seconds)}`];
    });
    return { token, mark, tokens: tokens * steps, parts, tokenGrid };
  };
}
