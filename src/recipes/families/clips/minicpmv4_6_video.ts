import type { Size } from "../../../plan/geometry.ts";
import type { TextPart } from "../../../plan/image_text.ts";
import { sizeRows } from "../../../plan/integers.ts";
import { VIDEOS } from "../../../plan/plan.ts";
import { STEP } from "../../../runtime/in_steps.ts";
import type { Fields } from "../../fields.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { refusal } from "../../refusal.ts";
import { type Clip, clipsOf } from "../../videos/clips.ts";
import { samplingOf } from "../../videos/frame_sampling.ts";
import { everySecond } from "../../videos/samplers.ts";
import { composeSlices, JOINED, numberText, slicesText, slicing } from "../tiles/minicpmv4_6.ts";

const NAME = "minicpmv4_6";

/** The mark that stands for a clip, and its token. */
const TOKEN = "<|video_pad|>";

/**
 * MiniCPM-V 4.6's clips. Each frame is resized and sliced as a picture is.
 *
 * Outputs: `pixel_values_videos` `[1, 3, p, columns]`, the patches of all frames side by side;
 * `target_sizes_videos` `[slices, 2]`, patches down and across; `grids_videos` `[frames, 2]`, slices down and
 * across, 0 and 0 where there are none; `num_patches_per_frame` `[frames]`, all of them in i32;
 * `num_frames_per_video` `[clips]`, which Python has as a list.
 *
 * With `stack_frames`, Python chooses more frames and joins those of a second on a sheet, which it then
 * throws away. That is refused.
 *
 * Source: transformers `models/minicpmv4_6/video_processing_minicpmv4_6.py`, `processing_minicpmv4_6.py`.
 */
export function miniCpmV46Video(fields: Fields): ProcessorRecipe {
  const { values, rule } = slicing(fields);
  if (!rule.doResize) throw fields.bad("do_resize", "true: patches of several frames are not mixed here");
  const sampling = samplingOf(fields, {
    choose: everySecond,
    on: true,
    max_num_frames: 128,
    stack_frames: 1,
    unread: ["fps", "num_frames"],
  });
  if (sampling.own.stack_frames! > 1) {
    throw fields.bad("stack_frames", "1: Python throws the sheets of stacked frames away");
  }
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    sampling,
    *compose(composer) {
      const clips = yield* clipsOf(composer, NAME),
        shapes: Size[] = [],
        grids: number[] = [],
        counts: number[] = [];
      for (const [number, clip] of clips.entries()) {
        requireLength(clip, clips[0]);
        const main = composer.nextView, texts: TextPart[] = [];
        let sum = 0, down = 1, across = 1;
        for (let frame = 0; frame < clip.frames; frame++) {
          const { grid, slices, tokens } = composeSlices(composer, clip.first + frame, rule, VIDEOS);
          shapes.push(...slices);
          counts.push(slices.length);
          grids.push(grid?.rows ?? 0, grid?.columns ?? 0);
          texts.push(...slicesText(tokens, grid, TOKEN));
          sum += tokens.reduce((a, b) => a + b);
          if (grid) [down, across] = [grid.rows, grid.columns];
          if (frame % STEP === STEP - 1) yield;
        }
        yield composer.image({
          size: clip.size,
          main,
          grid: [down, across],
          output: VIDEOS,
          video: true,
          tokens: sum,
          parts: [numberText(rule, number), ...texts],
          token: TOKEN,
        });
      }
      const i32 = { dtype: "i32" } as const, lengths = clips.map(({ frames }) => frames);
      composer.returnArranged(VIDEOS, JOINED);
      composer.integers("target_sizes_videos", { ...yield* sizeRows(shapes), ...i32 });
      composer.integers("grids_videos", { ...i32, shape: [counts.length, 2], values: grids });
      composer.integers("num_patches_per_frame", { ...i32, shape: [counts.length], values: counts });
      composer.integers("num_frames_per_video", { dtype: "i64", shape: [lengths.length], values: lengths });
    },
  };
}

/** @throws {VitrailError} `shape` where a clip has not as many frames as the first: Python fails, too. */
function requireLength({ frames, size }: Clip, first: Clip): void {
  if (frames === first.frames) return;
  throw refusal(NAME, size, `its clip has ${frames} frames, and the first of the call has ${first.frames}`);
}
