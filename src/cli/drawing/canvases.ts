import type { Picture } from "../../codecs/picture.ts";
import type { Engine } from "../../engine/engine.ts";
import type { RunOptions } from "../../engine/options.ts";
import type { Composer } from "../../plan/composer.ts";
import { PIXELS, type Plan } from "../../plan/plan.ts";
import { planSample } from "../../recipes/plan_sample.ts";
import type { ProcessorRecipe, Recipe } from "../../recipes/recipe.ts";

/** The images of a sample on their canvases, before they are cut and normalised. */
export interface Canvases {
  /** The plan that gave the canvases: a row a pixel, in u8. */
  plan: Plan;
  /** RGB bytes `[height, width, 3]` of each canvas. */
  pixels: Uint8Array[];
}

/**
 * The layout that makes a row of every pixel. It fits any canvas, and needs no tile to be put in its place.
 */
const AS_PIXELS = "c h w -> (h w) c";

/** Makes the canvases of a sample by an engine. */
export async function canvasesOf(
  engine: Engine,
  recipe: Recipe,
  pictures: readonly Picture[],
  options: RunOptions,
): Promise<Canvases> {
  const batch = await engine.run(canvasRecipe(recipe), pictures, { ...options, dtype: "u8", verify: false });
  const bytes = await batch.pixelValues.bytes();
  return {
    plan: batch.plan,
    pixels: batch.images.map(({ rows: [from, to] }) => bytes.subarray(from * 3, to * 3)),
  };
}

/** The recipe whose every image is its main canvas alone, a row a pixel. */
function canvasRecipe(recipe: Recipe): Recipe {
  if (recipe.kind === "tiles") return { ...recipe, layout: AS_PIXELS, globalView: false };
  return { ...recipe, compose: (composer) => composeCanvases(recipe, composer) };
}

/** Composes the main canvas of each image, and the views before it that it is made from. */
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
