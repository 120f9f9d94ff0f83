import type { TextPart } from "../../../plan/image_text.ts";
import type { Fields } from "../../fields.ts";
import { patchFields, patchPattern } from "../../parts/patches.ts";
import { fittedSize } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { stepTokens, tenthsText, tokenGridOf } from "../../videos/clip_text.ts";
import { samplingOf } from "../../videos/frame_sampling.ts";
import { composePatchClips, type GriddedClip } from "../../videos/patch_clips.ts";
import { uniform } from "../../videos/samplers.ts";

const NAME = "minimax_m3_vl";

/**
 * MiniMax-M3-VL's clips. Sides are rounded to whole groups of patches within a budget of pixels a frame, from
 * `min_pixels` to `max_pixels`. Each step's text begins with its time, where that is known.
 *
 * Outputs: `pixel_values_videos` `[patches, 3 · t · p · p]`, `video_grid_thw` `[clips, 3]`.
 *
 * Source: transformers `models/minimax_m3_vl/video_processing_minimax_m3_vl.py`,
 * `processing_minimax_m3_vl.py`.
 */
export function miniMaxM3VlVideo(fields: Fields): ProcessorRecipe {
  const { values, patch, time, merge, doResize, filter } = patchFields(fields, 2);
  fields.leaveUnused("total_pixels"); // as it does `size`: the class keeps both, and reads neither
  const least = fields.count("min_pixels") ?? 4 * 28 * 28, most = fields.count("max_pixels") ?? 768 * 28 * 28;
  const budget = { factor: patch * merge, least, most };
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    sampling: samplingOf(fields, { choose: uniform, fps: 1, unread: ["min_frames", "max_frames"] }),
    *compose(composer) {
      yield* composePatchClips(composer, {
        name: NAME,
        patch,
        time,
        filter,
        ...patchPattern({ patch, time, merge }),
        fit: ({ size }) => ({ canvas: doResize ? fittedSize(NAME, size, budget) : size }),
        text: (clip) => textOf(clip, time, merge),
      });
    },
  };
}

function textOf(clip: GriddedClip, time: number, merge: number) {
  const token = "]<]video[>[", tokens = stepTokens(clip, merge), [steps] = clip.grid;
  const { indices, fps } = clip.chosen;
  const each = Array.from({ length: steps }, (_, step): TextPart[] => {
    const index = indices[Math.min(step * time, indices.length - 1)];
    const at = fps === undefined ? "" : `]<]${tenthsText(index / fps)} seconds[>[`;
    return [`${at}]<]start of image[>[`, [token, tokens], "]<]end of image[>["];
  });
  return { token, tokens: tokens * steps, parts: each.flat(), tokenGrid: tokenGridOf(clip, merge) };
}
