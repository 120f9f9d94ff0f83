import { partsBetween, type TextPart } from "../../../plan/image_text.ts";
import type { Fields } from "../../fields.ts";
import { HALVES } from "../../parts/common_fields.ts";
import { patchFields } from "../../parts/patches.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { firstTimes, stepTokens, tenthsText, tokenGridOf } from "../../videos/clip_text.ts";
import { samplingOf } from "../../videos/frame_sampling.ts";
import { composePatchClips } from "../../videos/patch_clips.ts";
import { ASSUMED_RATE, evenTimeSteps } from "../../videos/samplers.ts";
import { nearestTokenGrid, PATCHES } from "../patches/muse_glimmer.ts";

const NAME = "muse_glimmer";

/**
 * Muse Glimmer's clips. A frame gets the grid of tokens whose aspect is nearest to its own,
 * `max_video_frame_tokens` (144 by default) at most. Each step's text begins with its time: `Time: 0.5s`.
 *
 * Outputs: `pixel_values_videos` `[patches, t · 3 · p · p]`, `video_grid_thw` `[clips, 3]`.
 *
 * Source: transformers `models/muse_glimmer/video_processing_muse_glimmer.py`, `processing_muse_glimmer.py`.
 */
export function museGlimmerVideo(fields: Fields): ProcessorRecipe {
  const own = patchFields(fields, 2, { filter: "lanczos", ...HALVES });
  const { values, patch, time, merge, doResize, filter } = own;
  const most = fields.count("max_video_frame_tokens") ?? 144, token = "<|video|>", side = patch * merge;
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    sampling: samplingOf(fields, {
      choose: evenTimeSteps,
      on: true,
      num_frames: 96,
      fps: 2,
      temporal_patch_size: 2,
      assumedRate: ASSUMED_RATE,
    }),
    *compose(composer) {
      yield* composePatchClips(composer, {
        name: NAME,
        patch,
        time,
        filter,
        pattern: PATCHES,
        sizes: { p: patch, q: patch, t: time },
        fit({ size }) {
          if (!doResize) return { canvas: size };
          const [rows, columns] = nearestTokenGrid(size, side, most);
          return { canvas: { width: columns * side, height: rows * side } };
        },
        text(clip) {
          const [steps] = clip.grid, tokens = stepTokens(clip, merge);
          const each = firstTimes(clip.chosen, time, steps).map((at): TextPart[] => {
            return [`Time: ${tenthsText(at)}s`, [token, tokens]];
          });
          const parts = ["<|vid_start|>", ...partsBetween(each, "<|vid_frame_separator|>"), "<|vid_end|>"];
          return { token, tokens: tokens * steps, parts, tokenGrid: tokenGridOf(clip, merge) };
        },
      });
    },
  };
}
