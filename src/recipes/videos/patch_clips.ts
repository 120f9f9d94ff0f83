import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import type { ImageText } from "../../plan/image_text.ts";
import { VIDEOS } from "../../plan/plan.ts";
import type { Filter } from "../../plan/tables/filters.ts";
import { BLACK } from "../../plan/tables/values.ts";
import type { Target } from "../../plan/view.ts";
import { flatMapInSteps, STEP } from "../../runtime/in_steps.ts";
import { requireGroups } from "../parts/patches.ts";
import { whole } from "../parts/placements.ts";
import { type Clip, clipsOf } from "./clips.ts";
import type { Composing } from "../recipe.ts";

/** The sizes of a frame on its canvas. */
export interface FittedFrame {
  /** The size of the canvas. */
  canvas: Size;
  /** The size that the frame is resampled to, at the canvas's top left; absent: the canvas's. */
  content?: Size;
}

/** The rule by which clips become rows of patches. */
export interface ClipPatching {
  /** The recipe's name, for messages. */
  name: string;
  /** The side of a patch, pixels. */
  patch: number;
  /** Frames that share rows, each as one of the rows' copies along time. */
  time: number;
  /** The filter that resamples frames. */
  filter: Filter;
  /** Returns the sizes of each frame of a clip. */
  fit(clip: Clip): FittedFrame;
  /** Returns the count that a clip's frames are made up to by repeating the last; absent: they are not. */
  madeUpTo?(frames: number): number;
  /** The pattern by which a canvas `[c, h, w]` becomes rows. */
  pattern: string;
  /** The sizes that the pattern leaves open. */
  sizes: Record<string, number>;
  /** Returns the text that stands for a clip. */
  text(clip: GriddedClip): ImageText;
}

/** A clip, and the grid of its patches. */
export interface GriddedClip extends Clip {
  /** Steps along time, patches down, patches across. */
  grid: readonly [steps: number, rows: number, columns: number];
}

/**
 * Composes each sample as one clip. Every `time` frames share rows, each as one of the rows' copies along
 * time. The last frame is repeated until the last rows are full. Adds `video_grid_thw` `[clips, 3]`, and
 * returns the clips.
 *
 * Source: transformers `models/qwen2_vl/video_processing_qwen2_vl.py`, `_preprocess` and `patchify`.
 * @throws {VitrailError} `shape` where a clip's frames differ in size.
 */
export function* composePatchClips(composer: Composer, patching: ClipPatching): Composing<GriddedClip[]> {
  const clips: GriddedClip[] = [];
  for (const clip of yield* clipsOf(composer, patching.name)) {
    clips.push(yield* composePatchClip(composer, clip, patching));
    yield;
  }
  const values = yield* flatMapInSteps(clips, ({ grid }) => grid);
  composer.integers("video_grid_thw", { dtype: "i64", shape: [clips.length, 3], values });
  return clips;
}

function* composePatchClip(composer: Composer, clip: Clip, patching: ClipPatching): Composing<GriddedClip> {
  const { patch, time } = patching;
  const { canvas, content = canvas } = patching.fit(clip);
  requireGroups(clip.size, canvas, patch * (patching.sizes.m ?? 1), "frame");
  const main = composer.nextView;
  yield* composeFrames(composer, clip, { canvas, content }, patching);
  const [rows, columns] = [Math.floor(canvas.height / patch), Math.floor(canvas.width / patch)];
  const count = patching.madeUpTo?.(clip.frames) ?? clip.frames;
  const gridded: GriddedClip = { ...clip, grid: [Math.ceil(count / time), rows, columns] };
  const text = patching.text(gridded);
  composer.image({ size: clip.size, main, grid: [rows, columns], output: VIDEOS, video: true, ...text });
  return gridded;
}

function* composeFrames(
  composer: Composer,
  { first, frames, size }: Clip,
  { canvas, content }: Required<FittedFrame>,
  { time, pattern, sizes, filter, madeUpTo }: ClipPatching,
): Composing {
  const count = madeUpTo?.(frames) ?? frames;
  let shared: Target | undefined;
  for (let frame = 0; frame < count; frame++) {
    const copy = frame % time;
    if (copy === 0) shared = composer.target(VIDEOS, canvas, pattern, sizes);
    const last = frame === count - 1 ? time - 1 : copy;
    const copies = Array.from({ length: last - copy + 1 }, (_, i) => copy + i);
    composer.canvas({
      canvas,
      fill: BLACK,
      placements: [whole({ picture: first + Math.min(frame, frames - 1) }, size, content, filter)],
      target: time === 1 ? shared! : { ...shared!, copies },
    });
    if (frame % STEP === STEP - 1) yield;
  }
}
