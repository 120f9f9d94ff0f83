import type { Composer } from "../../../plan/composer.ts";
import { type ImageText, partsBetween, type TextPart } from "../../../plan/image_text.ts";
import { VIDEOS } from "../../../plan/plan.ts";
import type { Fields } from "../../fields.ts";
import { HALVES } from "../../parts/common_fields.ts";
import { patchFields, patchPattern } from "../../parts/patches.ts";
import { budgetOf, fittedSize } from "../../parts/pixel_budget.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { refusal } from "../../refusal.ts";
import { stepTokens, tenthsText, timestampsOf } from "../../videos/clip_text.ts";
import { samplingOf } from "../../videos/frame_sampling.ts";
import { composePatchClips, type GriddedClip } from "../../videos/patch_clips.ts";
import { inTimeSteps } from "../../videos/samplers.ts";

const NAME = "video_llama_3";

/** The mean change of a token's pixels, of 255, above which it is kept. Source: `_get_compression_mask`. */
const CHANGED = 0.1;

/**
 * VideoLLaMA 3's clips. Sides are rounded to whole groups of patches within a budget of pixels, of which each
 * frame has its share.
 *
 * Outputs: `pixel_values_videos` `[patches, 3 · t · p · p]`, `video_grid_thw` `[clips, 3]`,
 * `video_merge_sizes` `[clips]`, `video_compression_mask` `[tokens]`: the tokens that are kept. With
 * `use_token_compression`, as by default, these are those that changed since the step before, which pixels
 * decide. A clip then has no count and no text before `decidedPlan` gives them. Without it all are kept.
 *
 * Source: transformers `models/video_llama_3/video_processing_video_llama_3.py`,
 * `processing_video_llama_3.py`.
 */
export function videoLlama3Video(fields: Fields): ProcessorRecipe {
  const { values, patch, time, merge, doResize, filter } = patchFields(fields, 1, HALVES);
  const defaults = { least: 128 * 28 * 28, most: 28 * 28 * 768, minAndMax: true };
  const budget = budgetOf(fields, patch * merge, defaults);
  const token = fields.text("video_token") ?? "<|video_pad|>";
  const compressed = fields.boolean("use_token_compression") ?? true;
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    derives: compressed,
    sampling: samplingOf(fields, {
      choose: inTimeSteps,
      temporal_patch_size: 1,
      min_frames: 4,
      max_frames: 180,
      assumedRate: 1,
    }),
    *compose(composer) {
      const clips = yield* composePatchClips(composer, {
        name: NAME,
        patch,
        time,
        filter,
        ...patchPattern({ patch, time, merge }),
        fit({ size, frames }) {
          if (!doResize) return { canvas: size };
          const most = Math.floor(budget.most / frames);
          if (most === 0) {
            throw refusal(
              NAME,
              size,
              `longest_edge gives its ${frames} frames ${budget.most} pixels together`,
            );
          }
          return { canvas: fittedSize(NAME, size, { ...budget, most }) };
        },
        text: (clip) => compressed && clip.grid[0] > 1 ? { token } : textOf(clip, token, merge),
      });
      const sizes = clips.map(() => merge);
      composer.integers("video_merge_sizes", { dtype: "i64", shape: [sizes.length], values: sizes });
      addMask(composer, clips, { token, merge, compressed });
    },
  };
}

/**
 * Returns the text of a clip: the time of each frame, and those of its tokens that are kept.
 * @param mask 1 for each token that is kept; absent: all are
 */
function textOf(clip: GriddedClip, token: string, merge: number, mask?: readonly number[]): ImageText {
  const count = stepTokens(clip, merge) * clip.grid[0], times = timestampsOf(clip.chosen, 1);
  const each = Math.floor(count / times.length);
  const kept = times.map((_, frame) => mask ? sum(mask.slice(frame * each, (frame + 1) * each)) : each);
  const steps = times.map((at, frame): TextPart[] => [`Time ${tenthsText(at)}s:`, [token, kept[frame]]]);
  return { token, tokens: sum(kept), parts: partsBetween(steps, ",") };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((a, b) => a + b, 0);
}

function addMask(
  composer: Composer,
  clips: readonly GriddedClip[],
  { token, merge, compressed }: { token: string; merge: number; compressed: boolean },
): void {
  const counts = clips.map((clip) => stepTokens(clip, merge) * clip.grid[0]);
  const shape = [sum(counts)], name = "video_compression_mask";
  if (!compressed || clips.every(({ grid }) => grid[0] === 1)) {
    const values = Array<number>(shape[0]).fill(1);
    composer.integers(name, { dtype: "bool", shape, values });
    return;
  }
  let end = 0;
  const ranged = clips.map((clip, index) => ({ clip, from: end, to: end += counts[index] }));
  composer.derive(name, {
    dtype: "bool",
    shape,
    of: VIDEOS,
    derive(values) {
      const length = values.length / shape[0];
      return ranged.flatMap(({ clip, from, to }) => {
        const own = values.subarray(from * length, to * length);
        return maskOf(own, clip.grid[0], stepTokens(clip, merge), length);
      });
    },
    texts: (mask) => ranged.map(({ clip, from, to }) => textOf(clip, token, merge, mask.slice(from, to))),
  });
}

/**
 * Returns 1 for each token that is kept: all of the first step, and those that changed. A step in which none
 * did keeps its first. Sums are in f64, Python's in f32: they would have to differ by a part in a thousand of
 * one level of a byte for the mask to differ.
 * @param values the clip's elements: `[steps, tokens, length]`
 */
function maskOf(values: Float32Array, steps: number, tokens: number, length: number): number[] {
  const mask = Array<number>(steps * tokens).fill(1);
  const before = tokens * length;
  for (let step = 1; step < steps; step++) {
    let kept = 0;
    for (let token = step * tokens; token < (step + 1) * tokens; token++) {
      let sum = 0;
      for (let i = token * length; i < (token + 1) * length; i++) {
        sum += Math.abs(values[i] - values[i - before]);
      }
      mask[token] = Number(sum / length * 255 > CHANGED);
      kept += mask[token];
    }
    if (kept === 0) mask[step * tokens] = 1;
  }
  return mask;
}
