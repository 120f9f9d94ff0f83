import type { Size } from "../../../plan/geometry.ts";
import { type ImageText, partsBetween, type TextPart } from "../../../plan/image_text.ts";
import { VIDEOS } from "../../../plan/plan.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import { STEP } from "../../../runtime/in_steps.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, requireNoNull } from "../../parts/common_fields.ts";
import { whole } from "../../parts/placements.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { refusal } from "../../refusal.ts";
import { type Clip, clipsOf } from "../../videos/clips.ts";
import { timestampsOf } from "../../videos/clip_text.ts";
import { samplingOf } from "../../videos/frame_sampling.ts";
import { ASSUMED_RATE, uniform } from "../../videos/samplers.ts";
import { fitted, PATCHES, patchGridOf, softBudgetOf, softTokens } from "../tiles/gemma4.ts";

/**
 * Gemma 4's clips. Each frame becomes patches as a picture does, within 70 tokens by default, and its text
 * begins with its time: `00:02`.
 *
 * Outputs: `pixel_values_videos` `[clips, frames, patches, p · p · 3]`, `video_position_ids`
 * `[clips, frames, patches, 2]` and `num_soft_tokens_per_video` `[clips]`, a frame's tokens.
 *
 * Source: transformers `models/gemma4/video_processing_gemma4.py`, `processing_gemma4.py`.
 */
export function gemma4Video(fields: Fields): ProcessorRecipe {
  return budgetedClips(fields, "gemma4", false);
}

/**
 * Gemma 4 unified's clips. As Gemma 4's, but a patch is all of a group that becomes a token.
 *
 * Source: transformers `models/gemma4_unified/video_processing_gemma4_unified.py`.
 */
export function gemma4UnifiedVideo(fields: Fields): ProcessorRecipe {
  return budgetedClips(fields, "gemma4_unified", true);
}

/** @param merged true where a patch is all of a group */
function budgetedClips(fields: Fields, name: string, merged: boolean): ProcessorRecipe {
  const defaults = { filter: "bicubic", mean: [0, 0, 0], std: [1, 1, 1] } as const;
  const { doResize, filter, values } = commonFields(fields, defaults);
  if (doResize) requireNoNull(fields, ["resample"]); // as of pictures with torchvision
  const budget = softBudgetOf(fields, merged, 70), { side, most } = budget;
  return {
    kind: "processor",
    name,
    parameters: fields.given(),
    values,
    sampling: samplingOf(fields, {
      choose: uniform,
      on: true,
      num_frames: 32,
      assumedRate: ASSUMED_RATE,
    }),
    *compose(composer) {
      const clips = yield* clipsOf(composer, name), [{ frames: length }] = clips;
      const grids: Size[] = [], softs: number[] = [];
      for (const clip of clips) {
        const { first, frames, size } = clip;
        if (frames !== length) {
          throw refusal(name, size, `its clip has ${frames} frames, and the first of the call has ${length}`);
        }
        const canvas = doResize ? fitted(name, size, budget) : size;
        const grid = patchGridOf(name, size, canvas, budget), soft = softTokens(grid, budget);
        const main = composer.nextView;
        for (let frame = 0; frame < frames; frame++) {
          composer.canvas({
            canvas,
            fill: BLACK,
            placements: [whole({ picture: first + frame }, size, canvas, filter)],
            target: composer.target(VIDEOS, canvas, PATCHES, { p: side, q: side }),
          });
          composer.blank(VIDEOS, most - grid.width * grid.height);
          grids.push(grid);
          if (frame % STEP === STEP - 1) yield;
        }
        const [rows, columns] = [grid.height, grid.width];
        yield composer.image({
          size,
          main,
          grid: [rows, columns],
          output: VIDEOS,
          video: true,
          ...textOf(clip, soft),
        });
        softs.push(soft);
      }
      const shape = [clips.length, length, most], [, ...row] = composer.shapeOf(VIDEOS);
      composer.returnAs(VIDEOS, [...shape, ...row]);
      composer.integers("video_position_ids", { dtype: "i64", shape: [...shape, 2], values: { grids } });
      composer.integers("num_soft_tokens_per_video", { dtype: "i64", shape: [softs.length], values: softs });
    },
  };
}

/** Returns a clip's text: each frame's time, and its tokens between two marks. */
function textOf({ frames, chosen }: Clip, soft: number): ImageText {
  const token = "<|video|>", two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  const each = timestampsOf(chosen).map((at): TextPart[] => {
    return [`${two(at / 60)}:${two(at % 60)} <|image>`, [token, soft], "<image|>"];
  });
  return { token, tokens: frames * soft, parts: partsBetween(each, " ") };
}
