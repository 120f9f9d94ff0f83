import type { Engine, RunOptions } from "../engine.ts";
import type { Picture } from "../codecs/picture.ts";
import type { Plan } from "../plan/plan.ts";
import type { Recipe } from "../recipes/recipe.ts";

/** Each picture of a sample on its canvas, before it is cut and normalised. */
export interface Canvases {
  /** What the recipe makes of the sample, in u8. */
  plan: Plan;
  /** RGB bytes `[height, width, 3]` of each canvas. */
  pixels: Uint8Array[];
}

/** One row of the output is one pixel: any canvas fits, and no tile has to be put back. */
const AS_PIXELS = "c h w -> (h w) c";

/** Runs a recipe's pictures onto their canvases. */
export async function canvasesOf(
  engine: Engine,
  recipe: Recipe,
  pictures: readonly Picture[],
  options: RunOptions,
): Promise<Canvases> {
  const flat: Recipe = { ...recipe, layout: AS_PIXELS, globalView: false };
  using batch = await engine.run(flat, pictures, { ...options, dtype: "u8", verify: false });
  const bytes = await batch.pixelValues.bytes();
  return {
    plan: batch.plan,
    pixels: batch.images.map(({ rows: [from, to] }) => bytes.subarray(from * 3, to * 3)),
  };
}
