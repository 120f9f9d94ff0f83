import { requireSignal } from "../given/given_signal.ts";
import type { ClipFrames } from "../plan/clip_frames.ts";
import type { Dtype } from "../plan/dtype.ts";
import type { Size } from "../plan/geometry.ts";
import type { Plan } from "../plan/plan.ts";
import { Slices } from "../runtime/slices.ts";
import { planBegun } from "./plan_sample.ts";
import type { Recipe } from "./recipe.ts";

/**
 * Plans one call as {@linkcode planSample} does, and lets all that waits have a turn about every 25 ms: a
 * call of a million pictures takes seconds. The call is planned as it was given, also where its lists are
 * changed meanwhile.
 *
 * ```ts
 * import { ixc25, planInSlices } from "@vitrail/vitrail";
 * import { assertEquals } from "@std/assert";
 *
 * const pictures = Array(1000).fill({ width: 336, height: 336 });
 * const { images } = await planInSlices(ixc25(), pictures);
 * assertEquals(images.length, 1000);
 * ```
 *
 * @param signal ends the planning between two steps
 * @throws {VitrailError} what `planSample` throws. The signal's reason, where it is aborted.
 */
export async function planInSlices(
  recipe: Recipe,
  pictures: readonly Size[],
  dtype: Dtype = "f32",
  samples?: readonly number[],
  clips?: readonly ClipFrames[],
  signal?: AbortSignal,
): Promise<Plan<Recipe>> {
  requireSignal(signal);
  const slices = new Slices(); // copying long lists is a slice of its own
  const { composing, finish } = planBegun(recipe, pictures, dtype, samples, clips);
  for (const _ of composing) if (slices.over) await slices.turn(signal);
  return finish();
}
