import type { Fields } from "../../fields.ts";
import { mergedTokens, patchFields, patchPattern } from "../../parts/patches.ts";
import { budgetOf, fittedSize } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { samplingOf } from "../../videos/frame_sampling.ts";
import { composePatchClips } from "../../videos/patch_clips.ts";
import { withinBounds } from "../../videos/samplers.ts";

const NAME = "ernie4_5_vl_moe";

/**
 * ERNIE 4.5 VL's clips. Each frame stands for itself in the rows, and two together in the tokens. An odd
 * clip's last frame stands twice.
 *
 * Outputs: `pixel_values_videos` `[patches, 3 · p · p]`, `video_grid_thw` `[clips, 3]`. `video_token` is the
 * text that stands for one token, `<|VIDEO_PLACEHOLDER|>` by default.
 *
 * By default the class draws each frame's time on it, in a font that the model brings along. That is not done
 * here: `draw_on_frames` is to be false, and whoever wants the times draws them before.
 *
 * Source: transformers `models/ernie4_5_vl_moe/video_processing_ernie4_5_vl_moe.py`,
 * `processing_ernie4_5_vl_moe.py`.
 */
export function ernie45VlMoeVideo(fields: Fields): ProcessorRecipe {
  const { values, patch, time, merge, doResize, filter } = patchFields(fields, 2);
  if (time !== 2) throw fields.bad("temporal_patch_size", "2: ERNIE 4.5 VL takes no other");
  fields.ignore("font");
  if (fields.boolean("draw_on_frames") ?? true) {
    throw fields.bad(
      "draw_on_frames",
      "false: times are not drawn on frames here, which the class does by default",
    );
  }
  const budget = budgetOf(fields, patch * merge, { least: 299 * 28 * 28, most: 1196 * 28 * 28 });
  const token = fields.text("video_token") ?? "<|VIDEO_PLACEHOLDER|>";
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    sampling: samplingOf(fields, { choose: withinBounds, on: true, min_frames: 16, max_frames: 180 }),
    *compose(composer) {
      yield* composePatchClips(composer, {
        name: NAME,
        patch,
        time: 1,
        filter,
        ...patchPattern({ patch, time: 1, merge }),
        madeUpTo: (frames) => frames + frames % time,
        fit: ({ size }) => ({ canvas: doResize ? fittedSize(NAME, size, budget) : size }),
        text({ grid: [steps, ...grid] }) {
          return mergedTokens({ merge, token }, grid, steps / time);
        },
      });
    },
  };
}
