import type { Picture } from "../../codecs/picture.ts";
import type { Engine } from "../../engine/engine.ts";
import type { RunOptions } from "../../engine/options.ts";
import type { Composer } from "../../plan/composer.ts";
import { PIXELS, type Plan } from "../../plan/plan.ts";
import { planSample } from "../../recipes/plan_sample.ts";
import type { ProcessorRecipe, Recipe } from "../../recipes/recipe.ts";

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
  const batch = await engine.run(flat(recipe), pictures, { ...options, dtype: "u8", verify: false });
  const bytes = await batch.pixelValues.bytes();
  return {
    plan: batch.plan,
    pixels: batch.images.map(({ rows: [from, to] }) => bytes.subarray(from * 3, to * 3)),
  };
}

/** The recipe whose every image is its main canvas alone, a row a pixel. */
function flat(recipe: Recipe): Recipe {
  if (recipe.kind === "tiles") return { ...recipe, layout: AS_PIXELS, globalView: false };
  return { ...recipe, compose: (composer) => composeCanvases(recipe, composer) };
}

function composeCanvases(recipe: ProcessorRecipe, composer: Composer): void {
  const samples = composer.nested ? composer.samples : undefined;
  const { views, images } = planSample(recipe, composer.pictures, "u8", samples);
  const moved = new Map<number, number>();
  for (const { size, grid, tokens, main, views: [from] } of images) {
    for (let index = from; index <= main; index++) {
      const view = views[index];
      if (view.kind !== "canvas") continue;
      const placements = view.placements.map(({ source, ...rest }) => ({
        ...rest,
        source: "view" in source ? { view: moved.get(source.view)! } : source,
      }));
      const target = index === main ? composer.target(PIXELS, view.canvas, AS_PIXELS) : undefined;
      moved.set(index, composer.canvas({ ...view, placements, target }));
    }
    composer.image({ size, grid, tokens, main: moved.get(main)! });
  }
}
