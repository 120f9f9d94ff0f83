import type { Composer } from "../../plan/composer.ts";
import type { Dtype } from "../../plan/dtype.ts";
import type { Size } from "../../plan/geometry.ts";
import type { ImageText } from "../../plan/image_text.ts";
import { VIDEOS } from "../../plan/plan.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import { BLACK } from "../../plan/tables/values.ts";
import type { Point } from "../../plan/geometry.ts";
import type { PixelSource } from "../../plan/view.ts";
import { STEP } from "../../runtime/in_steps.ts";
import { mostInSteps, whole } from "../parts/placements.ts";
import { type Clip, clipsOf } from "./clips.ts";
import type { Composing } from "../recipe.ts";

/** The sizes through which each frame of a clip goes. */
export interface FrameSteps {
  /** The sizes that it is resampled to first, one after another. */
  before?: readonly Size[];
  /** The size that it is resampled to last. */
  content: Size;
  /** The size of what is kept of it. */
  canvas: Size;
  /** The position of the content's top left on the canvas. */
  offset?: Point;
}

/** The rule by which each frame of a clip becomes one row. */
export interface FrameRows {
  /** The recipe's name, for messages. */
  name: string;
  /** The filter that resamples frames. */
  filter: Filter;
  /** Returns the sizes through which each frame of a clip goes. */
  steps(clip: Clip): FrameSteps;
  /** Returns the text that stands for a clip, whose frames end up this large. */
  text(clip: Clip, canvas: Size): ImageText;
  /** The output that gets the rows; `pixel_values_videos` by default. */
  output?: string;
  /** The output's own element type; the call's by default. */
  dtype?: Dtype;
  /** True to fill every clip up with frames of zeros, until it has as many as the longest. */
  pad?: boolean;
}

/**
 * Composes each sample as one clip, a row a frame. The output is `[clips, frames, 3, height, width]`, or a
 * list of clips where their lengths differ. Returns the clips.
 * Source: transformers `video_processing_utils.py`, `BaseVideoProcessor._preprocess`.
 * @throws {VitrailError} `shape` where frames differ in size, those of a clip before and all after resizing.
 */
export function* composeFrameClips(composer: Composer, rows: FrameRows): Composing<Clip[]> {
  const { output = VIDEOS } = rows;
  const clips = yield* clipsOf(composer, rows.name), most = yield* mostInSteps(composer.samples);
  for (const clip of clips) {
    const steps = rows.steps(clip);
    let main = -1;
    for (let frame = 0; frame < clip.frames; frame++) {
      const view = composeFrame(composer, clip.first + frame, clip.size, steps, rows);
      if (frame === 0) main = view;
      if (frame % STEP === STEP - 1) yield;
    }
    yield composer.image({
      size: clip.size,
      main,
      grid: [1, 1],
      output,
      video: true,
      ...rows.text(clip, steps.canvas),
    });
    if (rows.pad) composer.blankAfter(output, most - clip.frames);
  }
  if (rows.pad) composer.returnGroups(output, clips.length, most);
  else yield* composer.returnEachInSteps(output, composer.samples);
  return clips;
}

/** Composes one frame and returns the view that becomes its row. */
function composeFrame(
  composer: Composer,
  picture: number,
  size: Size,
  { before = [], content, canvas, offset }: FrameSteps,
  { filter, output = VIDEOS, dtype }: FrameRows,
): number {
  let source: PixelSource = { picture }, from = size;
  for (const to of before) {
    source = {
      view: composer.canvas({ canvas: to, fill: BLACK, placements: [whole(source, from, to, filter)] }),
    };
    from = to;
  }
  return composer.canvas({
    canvas,
    fill: BLACK,
    placements: [whole(source, from, content, filter, offset)],
    target: composer.target(output, canvas, "c h w -> 1 c h w", {}, dtype),
  });
}
