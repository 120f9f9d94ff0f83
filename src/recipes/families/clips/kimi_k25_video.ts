import type { ImageText, TextPart } from "../../../plan/image_text.ts";
import { VIDEOS } from "../../../plan/plan.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import { STEP } from "../../../runtime/in_steps.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { requireGroups } from "../../parts/patches.ts";
import { whole } from "../../parts/placements.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { MOST_FRAMES } from "../../refusal.ts";
import { clipsOf } from "../../videos/clips.ts";
import { timestampsOf } from "../../videos/clip_text.ts";
import { samplingOf } from "../../videos/frame_sampling.ts";
import { ASSUMED_RATE, uniform } from "../../videos/samplers.ts";
import { alongOf, PATCHES, reduced } from "../patches/kimi_k25.ts";

const NAME = "kimi_k25";

/**
 * Kimi K2.5's clips. A clip is cut into parts of `temporal_patch_size` frames (4 by default), each with a
 * grid and a text of its own, which begins with its time: `00:00:02.500`. Frames are made smaller as pictures
 * are.
 *
 * Outputs: `pixel_values_videos` `[patches, 3, p, p]`, `video_grid_thw` `[parts, 3]`, `num_chunks_per_video`
 * `[clips]`.
 *
 * Source: transformers `models/kimi_k25/video_processing_kimi_k25.py`, `processing_kimi_k25.py`.
 */
export function kimiK25Video(fields: Fields): ProcessorRecipe {
  const { doResize, filter, values } = commonFields(fields, { filter: "bicubic", ...HALVES });
  const patch = fields.count("patch_size") ?? 14, merge = fields.count("merge_size") ?? 2;
  const time = fields.count("temporal_patch_size", MOST_FRAMES) ?? 4, factor = patch * merge;
  const budget = { patch, most: fields.count("max_patches") ?? 4096, along: alongOf(fields) };
  const up = (side: number) => doResize ? Math.ceil(side / factor) * factor : side;
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    sampling: samplingOf(fields, { choose: uniform, on: true, fps: 2, assumedRate: ASSUMED_RATE }),
    *compose(composer) {
      const grids: number[][] = [], parts: number[] = [];
      for (const { first, frames, size, chosen } of yield* clipsOf(composer, NAME)) {
        const content = doResize ? reduced(size, budget) : size;
        const canvas = { width: up(content.width), height: up(content.height) };
        requireGroups(size, canvas, patch, "frame");
        const main = composer.nextView;
        for (let frame = 0; frame < frames; frame++) {
          composer.canvas({
            canvas,
            fill: BLACK,
            placements: [whole({ picture: first + frame }, size, content, filter)],
            target: composer.target(VIDEOS, canvas, PATCHES, { p: patch, q: patch }),
          });
          if (frame % STEP === STEP - 1) yield;
        }
        const grid: [number, number] = [Math.floor(canvas.height / patch), Math.floor(canvas.width / patch)];
        const starts = timestampsOf(chosen).filter((_, frame) => frame % time === 0);
        const text = textOf(starts, Math.floor(grid[0] * grid[1] / merge ** 2));
        yield composer.image({ size, main, grid, output: VIDEOS, video: true, ...text });
        for (const part of starts.keys()) grids.push([Math.min(time, frames - part * time), ...grid]);
        parts.push(starts.length);
      }
      composer.integers("video_grid_thw", { dtype: "i64", shape: [grids.length, 3], values: grids.flat() });
      composer.integers("num_chunks_per_video", { dtype: "i64", shape: [parts.length], values: parts });
    },
  };
}

/** Returns a clip's text, whose parts begin at these seconds. A part's frames are pooled to one's tokens. */
function textOf(starts: readonly number[], count: number): ImageText {
  const token = "<|media_pad|>";
  const parts = starts.flatMap((at): TextPart[] => {
    return [`${clockText(at)}<|media_begin|>video<|media_content|>`, [token, count], "<|media_end|>"];
  });
  return { token, mark: "<|kimi_k25_video_placeholder|>", tokens: starts.length * count, parts };
}

/** Returns seconds as `hours:minutes:seconds.milliseconds`, cut off. */
function clockText(seconds: number): string {
  const two = (n: number) => String(Math.floor(n)).padStart(2, "0");
  const clock = [seconds / 3600 % 24, seconds / 60 % 60, seconds % 60].map(two).join(":");
  return `${clock}.${String(Math.trunc(seconds % 1 * 1000)).padStart(3, "0")}`;
}
