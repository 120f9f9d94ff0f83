import type { ClipFrames } from "../../plan/clip_frames.ts";
import type { Composer } from "../../plan/composer.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";
import { eachInSteps, STEP } from "../../runtime/in_steps.ts";
import { sameSize } from "../parts/placements.ts";
import type { Composing } from "../recipe.ts";
import { refusal } from "../refusal.ts";

/** A clip of a call. Its frames follow one another among the call's pictures. */
export interface Clip {
  /** The index of its first frame among the call's pictures. */
  first: number;
  /** The count of its frames. */
  frames: number;
  /** The size of each frame. */
  size: Size;
  /** The origin of its frames. By default they are all frames of a clip of unknown rate. */
  chosen: ClipFrames;
}

/**
 * Returns the clips of a call: each sample is one.
 * @param name the recipe's name, for messages
 * @throws {VitrailError} `shape` where a clip's frames differ in size.
 */
export function* clipsOf(composer: Composer, name: string): Composing<Clip[]> {
  const clips: Clip[] = [];
  let first = 0;
  for (const [index, frames] of composer.samples.entries()) {
    const size = yield* sizeOfClip(composer.pictures.slice(first, first + frames), name);
    clips.push({ first, frames, size, chosen: composer.facts.clips?.[index] ?? allFrames(frames) });
    first += frames;
    if (index % STEP === STEP - 1) yield;
  }
  return clips;
}

/** Returns the frames of a clip that was given whole, of unknown rate. */
function allFrames(frames: number): ClipFrames {
  return { indices: Array.from({ length: frames }, (_, i) => i), frames };
}

/** @throws {VitrailError} `shape` where the frames differ in size. */
function* sizeOfClip(frames: readonly Size[], name: string): Composing<Size> {
  const [size] = frames;
  yield* eachInSteps(frames, (frame) => {
    if (sameSize(frame, size)) return;
    throw refusal(name, frame, `the first frame of its clip is ${sizeText(size)}, and all must be as large`);
  });
  return size;
}
