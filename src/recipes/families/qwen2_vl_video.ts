import type { Composer } from "../../plan/composer.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";
import { VIDEOS } from "../../plan/plan.ts";
import type { Target } from "../../plan/view.ts";
import { refused, whole } from "../parts/common_fields.ts";
import { mergedTokens, type Patching } from "../parts/patches.ts";

/**
 * Each sample as one clip: every `time` frames share rows, each as one of their copies along time, and the last frame is
 * repeated until the last rows are full. `pixel_values_videos` `[patches, 3 · t · p · p]`, `video_grid_thw` `[clips, 3]`.
 * Source: transformers `models/qwen2_vl/video_processing_qwen2_vl.py`, `_preprocess`.
 * @throws {VitrailError} `shape` where a clip's frames differ in size.
 */
export function composeQwenClips(composer: Composer, patching: Patching, time: number): void {
  const grids: number[] = [];
  let first = 0;
  for (const frames of composer.samples) {
    const size = sizeOfClip(composer.pictures.slice(first, first + frames));
    const canvas = patching.fit(size);
    const main = composer.nextView;
    composeFrames(composer, { first, frames, size, canvas }, patching, time);
    const grid: [number, number] = [canvas.height / patching.patch, canvas.width / patching.patch];
    const steps = Math.ceil(frames / time);
    composer.image({
      size,
      main,
      grid,
      output: VIDEOS,
      ...mergedTokens(patching, steps * grid[0] * grid[1]),
    });
    grids.push(steps, ...grid);
    first += frames;
  }
  composer.integers("video_grid_thw", { dtype: "i64", shape: [grids.length / 3, 3], values: grids });
}

/** A run of a call's pictures. */
interface Clip {
  /** The index of its first frame. */
  first: number;
  frames: number;
  size: Size;
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
      fill: [0, 0, 0],
      placements: [whole({ picture: first + frame }, size, canvas, filter)],
      target: { ...shared!, copies },
    });
  }
}

function sizeOfClip(frames: readonly Size[]): Size {
  const odd = frames.find(({ width, height }) => width !== frames[0].width || height !== frames[0].height);
  if (odd) {
    throw refused(
      "qwen2_vl",
      odd,
      `the first frame of its clip is ${sizeText(frames[0])}, and all must be as large`,
    );
  }
  return frames[0];
}
