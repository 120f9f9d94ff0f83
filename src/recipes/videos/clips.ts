import type { ClipFrames } from "../../plan/clip_frames.ts";
import type { Composer } from "../../plan/composer.ts";
import { type Size, sizeText } from "../../plan/geometry.ts";
import { STEP } from "../../runtime/in_steps.ts";
import { readerOf } from "../../runtime/long_list.ts";
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
  const clips: Clip[] = [], { pictures, samples, facts } = composer;
  const pictureAt = readerOf(pictures), countAt = readerOf(samples), originAt = readerOf(facts.clips ?? []);
  let first = 0;
  for (let index = 0; index < samples.length; index++) {
    const frames = countAt(index), size = pictureAt(first);
    for (let frame = 0; frame < frames; frame++) {
      requireSameSize(pictureAt(first + frame), size, name);
      if (frame % STEP === STEP - 1) yield;
    }
    clips.push({ first, frames, size, chosen: originAt(index) ?? allFrames(frames) });
    first += frames;
    if (index % STEP === STEP - 1) yield;
  }
  return clips;
}

/** Returns the frames of a clip that was given whole, of unknown rate. */
function allFrames(frames: number): ClipFrames {
  return { indices: Array.from({ length: frames }, (_, i) => i), frames };
}

/** @throws {VitrailError} `shape` for a frame of another size than its clip's first one. */
function requireSameSize(frame: Size, first: Size, name: string): void {
  if (sameSize(frame, first)) return;
  throw refusal(name, frame, `the first frame of its clip is ${sizeText(first)}, and all must be as large`);
}
