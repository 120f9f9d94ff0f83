import type { Composer } from "../../plan/composer.ts";
import type { Size } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";

/** A call's samples as the tensor `[samples, frames, …]` that Python stacks them to. */
export interface SampleFrames {
  /** How many rows of `pixel_values` a picture fills. */
  count(picture: number): number;
  /** Composes a picture's rows and closes its image. */
  compose(picture: number): void;
}

/** How samples with fewer frames than the fullest become as long. */
export type Padding = { pad: boolean };

/** Composes every sample's pictures, and where `pad` says so rows of zeros until each has as many as the fullest. */
export function composeSamples(
  composer: Composer,
  { count, compose }: SampleFrames,
  { pad }: Padding,
): number[] {
  const runs = runsOf(composer.samples);
  const totals = runs.map((pictures) => pictures.reduce((sum, picture) => sum + count(picture), 0));
  const most = Math.max(...totals);
  for (const [sample, pictures] of runs.entries()) {
    for (const picture of pictures) compose(picture);
    if (pad) composer.blankAfter(PIXELS, most - totals[sample]);
  }
  composer.returnEach(PIXELS, pad ? totals.map(() => most) : totals);
  return totals;
}

/** The indices of each sample's pictures. */
export function runsOf(samples: readonly number[]): number[][] {
  let next = 0;
  return samples.map((count) => Array.from({ length: count }, () => next++));
}

/**
 * `pixel_attention_mask` `[samples, frames, height, width]`: ones where a frame has content, zeros in its padding and in frames
 * that only fill a sample up.
 * @param frames each sample's frames: the sizes of their contents
 */
export function attentionMask(composer: Composer, frames: readonly (readonly Size[])[], canvas: Size): void {
  const most = Math.max(...frames.map((own) => own.length));
  const ones = frames.flatMap((own) => {
    return Array.from({ length: most }, (_, i) => own[i] ?? { width: 0, height: 0 });
  });
  const shape = [frames.length, most, canvas.height, canvas.width];
  composer.integers("pixel_attention_mask", { dtype: "i64", shape, values: { ones } });
}
