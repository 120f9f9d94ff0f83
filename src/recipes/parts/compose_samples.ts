import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import { eachInSteps, mapInSteps, STEP } from "../../runtime/in_steps.ts";
import { listOnDemand, LongList, readerOf } from "../../runtime/long_list.ts";
import type { Backend } from "../backend.ts";
import { mostInSteps } from "./placements.ts";
import type { Composing } from "../recipe.ts";

/** The way a class fills `pixel_values`, which Python stacks to `[samples, frames, …]`. */
export interface SampleFrames {
  /** Returns how many rows of `pixel_values` a picture fills: its frames. */
  count(picture: number): number;
  /** Composes a picture's rows and closes its image. Pictures of one size become images alike. */
  compose(picture: number): void;
  /** True to fill every sample up with rows of zeros, until it has as many as the fullest. */
  pad: boolean;
}

/** Composes every sample's pictures in order. Returns how many frames each sample has, zeros left out. */
export function* composeSamples(
  composer: Composer,
  { count, compose, pad }: SampleFrames,
): Composing<number[]> {
  const samples = yield* picturesBySample(composer.samples), sampleAt = readerOf(samples);
  const made = new LongList<number>();
  for (let sample = 0; sample < samples.length; sample++) {
    const own = sampleAt(sample);
    let total = 0;
    yield* eachInSteps(own, (picture) => {
      total += count(picture);
    });
    made.push(total);
    if (made.length % STEP === 0) yield;
  }
  const totals = made.list();
  const most = yield* mostInSteps(totals), group = {};
  const totalAt = readerOf(totals);
  for (let sample = 0; sample < samples.length; sample++) {
    for (const picture of sampleAt(sample)) {
      yield composer.alike(picture, group, () => compose(picture));
    }
    if (pad) composer.blankAfter(PIXELS, most - totalAt(sample));
  }
  if (pad) composer.returnGroups(PIXELS, totals.length, most);
  else yield* composer.returnEachInSteps(PIXELS, totals);
  return totals;
}

/**
 * Returns the indices of each sample's pictures.
 * @param samples how many pictures each sample has
 */
export function* picturesBySample(samples: readonly number[]): Composing<number[][]> {
  let next = 0;
  return yield* mapInSteps(samples, (count) => {
    const first = next;
    next += count;
    return listOnDemand(count, (index) => first + index);
  });
}

/**
 * Adds `pixel_attention_mask` `[samples, frames, height, width]`: ones where a frame has content. Its padding
 * is zeros, and so are the frames that only fill a sample up. The classes that resize by torchvision give it
 * the pictures' own type.
 * @param frames each sample's frames: the sizes of their contents
 */
export function* attentionMask(
  composer: Composer,
  frames: readonly (readonly Size[])[],
  canvas: Size,
  backend: Backend,
): Composing {
  const most = yield* mostInSteps(yield* mapInSteps(frames, (own) => own.length));
  const none = { width: 0, height: 0 };
  const ones = listOnDemand(frames.length * most, (index) => {
    return frames[Math.floor(index / most)][index % most] ?? none;
  });
  const shape = [frames.length, most, canvas.height, canvas.width];
  composer.integers("pixel_attention_mask", {
    dtype: backend === "pil" ? "i64" : "f32",
    shape,
    values: { ones },
  });
}
