import type { Composer } from "../plan/composer.ts";
import type { Preprocessing } from "../plan/preprocessing.ts";
import type { TiledRecipe } from "./tiled/tiled_recipe.ts";

/** One model's preprocessing, as data. */
export type Recipe = TiledRecipe | ProcessorRecipe;

/** A processor of the transformers library: what it composes of a call's pictures is its own. */
export interface ProcessorRecipe extends Preprocessing {
  kind: "processor";
  /** Appends the views, images and outputs of one call; pure arithmetic on sizes. */
  compose(composer: Composer): void;
}
