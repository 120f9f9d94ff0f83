import { requireSignal } from "../given/given_signal.ts";
import type { ClipFrames } from "../plan/clip_frames.ts";
import type { Dtype } from "../plan/dtype.ts";
import type { Size } from "../plan/geometry.ts";
import type { Plan } from "../plan/plan.ts";
import { Slices } from "../runtime/slices.ts";
import { planBegun } from "./plan_sample.ts";
import type { Recipe } from "./recipe.ts";

/**
 * Plans one call as {@linkcode planSample} does, and lets all that waits have a turn about every 10 ms: a
 * call of a million pictures takes a second or two. The call is planned as it was given. Lists of up to 32768
 * entries together may be changed meanwhile; longer ones are copied in slices, and refused where they are
 * changed before that.
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
 * @throws {VitrailError} what `planSample` throws. `usage` for a long list that is changed before it is
 * copied. The signal's reason, where it is aborted.
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
  const slices = new Slices(); // summing long lists is in the first one
  const { composing, finish } = planBegun(recipe, pictures, dtype, samples, clips);
  for (const _ of composing) if (slices.over) await slices.turn(signal);
  return finish();
}
