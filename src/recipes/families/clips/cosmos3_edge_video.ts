import type { Fields } from "../../fields.ts";
import { HALVES } from "../../parts/common_fields.ts";
import { patchFields } from "../../parts/patches.ts";
import { budgetOf } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { withinClipBudget } from "../../videos/clip_budget.ts";
import { stepTokens, timedSteps, timestampsOf, tokenGridOf } from "../../videos/clip_text.ts";
import { twoASecond } from "../../videos/frame_sampling.ts";
import { composePatchClips } from "../../videos/patch_clips.ts";

const NAME = "cosmos3_edge";

/** The pattern whose rows are patches, group by group, channels last. */
const PATCHES = "c (h m p) (w n q) -> (h w m n) (p q c)";

/**
 * Cosmos3-Edge's clips. Each frame stands for itself. Sides are rounded to whole groups of patches within a
 * budget of pixels over all frames. Each frame's text begins with its time: `<0.3 seconds>`.
 *
 * Outputs: `pixel_values_videos` `[patches, p · p · 3]`, `video_grid_thw` `[clips, 3]`.
 *
 * Source: transformers `models/cosmos3_edge/video_processing_cosmos3_edge.py`, `processing_cosmos3_edge.py`.
 */
export function cosmos3EdgeVideo(fields: Fields): ProcessorRecipe {
  const { values, patch, time, merge, doResize, filter } = patchFields(fields, 1, { patch: 16, ...HALVES });
  if (time !== 1) throw fields.bad("temporal_patch_size", "1: frames of Cosmos3-Edge stand for themselves");
  const budget = budgetOf(fields, patch * merge, { least: 64 * 64, most: 24 * 1024 * 1024 });
  const token = fields.text("video_token") ?? "<|video_pad|>";
  const marks = { token, start: "<|vision_start|>", end: "<|vision_end|>" };
  const bounds = { roundSteps: Math.ceil, enlarge: false };
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    sampling: twoASecond(fields),
    *compose(composer) {
      yield* composePatchClips(composer, {
        name: NAME,
        patch,
        time,
        filter,
        pattern: PATCHES,
        sizes: { m: merge, n: merge, p: patch, q: patch },
        fit(clip) {
          return { canvas: doResize ? withinClipBudget(NAME, clip, budget, time, bounds) : clip.size };
        },
        text(clip) {
          const tokens = stepTokens(clip, merge);
          const parts = timedSteps(timestampsOf(clip.chosen), marks, tokens);
          return {
            token,
            mark: marks.start + token + marks.end,
            bareMark: token,
            tokens: tokens * clip.frames,
            parts,
            tokenGrid: tokenGridOf(clip, merge),
          };
        },
      });
    },
  };
}
