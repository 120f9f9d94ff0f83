import type { Composer } from "../../plan/composer.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";
import { VIDEOS } from "../../plan/plan.ts";
import { BLACK } from "../../plan/tables/values.ts";
import type { Target } from "../../plan/view.ts";
import { mergedTokens, type Patching } from "../parts/patches.ts";
import { sameSize, whole } from "../parts/placements.ts";
import { refusal } from "../refusal.ts";

/**
 * Composes each sample as one clip. Every `time` frames share rows, each as one of the rows' copies along
 * time. The last frame is repeated until the last rows are full.
 *
 * Outputs: `pixel_values_videos` `[patches, 3 · t · p · p]`, `video_grid_thw` `[clips, 3]`.
 *
 * Source: transformers `models/qwen2_vl/video_processing_qwen2_vl.py`, `_preprocess`.
 * @param fps how many of a clip's frames make a second, where that is known
 * @throws {VitrailError} `shape` where a clip's frames differ in size.
 */
export function composeQwenClips(composer: Composer, patching: Patching, time: number, fps?: number): void {
  const grids: number[] = [];
  const seconds = fps === undefined ? {} : { secondsPerStep: time / fps };
  let first = 0;
  for (const frames of composer.samples) {
    const size = sizeOfClip(composer.pictures.slice(first, first + frames));
    const canvas = patching.fit(size);
    const main = composer.nextView;
    composeFrames(composer, { first, frames, size, canvas }, patching, time);
    const grid: [number, number] = [canvas.height / patching.patch, canvas.width / patching.patch];
    const steps = Math.ceil(frames / time);
    const text = { video: true, ...seconds, ...mergedTokens(patching, grid, steps) } as const;
    composer.image({ size, main, grid, output: VIDEOS, ...text });
    grids.push(steps, ...grid);
    first += frames;
  }
  composer.integers("video_grid_thw", { dtype: "i64", shape: [grids.length / 3, 3], values: grids });
}

/** A clip. Its frames follow one another among the call's pictures. */
interface Clip {
  /** The index of its first frame among the call's pictures. */
  first: number;
  /** The count of its frames. */
  frames: number;
  /** The size of each frame. */
  size: Size;
  /** The size of each frame on its canvas. */
  canvas: Size;
}

function composeFrames(
  composer: Composer,
  { first, frames, size, canvas }: Clip,
  { filter, pattern, sizes }: Patching,
  time: number,
): void {
  let shared: Target | undefined;
  for (let frame = 0; frame < frames; frame++) {
    const copy = frame % time;
    if (copy === 0) shared = composer.target(VIDEOS, canvas, pattern, sizes);
    const last = frame === frames - 1 ? time - 1 : copy;
    const copies = Array.from({ length: last - copy + 1 }, (_, i) => copy + i);
    composer.canvas({
      canvas,
      fill: BLACK,
      placements: [whole({ picture: first + frame }, size, canvas, filter)],
      target: { ...shared!, copies },
    });
  }
}

/** @throws {VitrailError} `shape` where the frames differ in size. */
function sizeOfClip(frames: readonly Size[]): Size {
  const [size] = frames;
  const odd = frames.find((frame) => !sameSize(frame, size));
  if (odd === undefined) return size;
  throw refusal(
    "qwen2_vl",
    odd,
    `the first frame of its clip is ${sizeText(size)}, and all must be as large`,
  );
}
