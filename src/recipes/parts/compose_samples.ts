import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import { BySize } from "../../plan/images/by_size.ts";
import type { Alike } from "../../plan/images/composed_images.ts";
import { PIXELS } from "../../plan/plan.ts";
import { flatMapInSteps, mapInSteps } from "../../runtime/in_steps.ts";
import type { Backend } from "../backend.ts";
import { mostInSteps, mostOf } from "./placements.ts";
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
  const samples = yield* picturesBySample(composer.samples);
  const totals = yield* mapInSteps(samples, (own) => own.reduce((sum, picture) => sum + count(picture), 0));
  const most = yield* mostInSteps(totals), known = new BySize<Alike<void>>();
  for (const [sample, pictures] of samples.entries()) {
    for (const picture of pictures) yield composer.alike(picture, known, () => compose(picture));
    if (pad) composer.blankAfter(PIXELS, most - totals[sample]);
  }
  if (pad) composer.returnGroups(PIXELS, totals.length, most);
  else yield* composer.returnEach(PIXELS, totals);
  return totals;
}

/**
 * Returns the indices of each sample's pictures.
 * @param samples how many pictures each sample has
 */
export function* picturesBySample(samples: readonly number[]): Composing<number[][]> {
  let next = 0;
  return yield* mapInSteps(samples, (count) => Array.from({ length: count }, () => next++));
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
  const most = mostOf(frames.map((own) => own.length));
  const ones = yield* flatMapInSteps(frames, (own) => {
    return Array.from({ length: most }, (_, i) => own[i] ?? { width: 0, height: 0 });
  });
  const shape = [frames.length, most, canvas.height, canvas.width];
  composer.integers("pixel_attention_mask", {
    dtype: backend === "pil" ? "i64" : "f32",
    shape,
    values: { ones },
  });
}
