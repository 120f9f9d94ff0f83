import type { Composer } from "../plan/composer.ts";
import type { Preprocessing } from "../plan/preprocessing.ts";
import type { BackendChoice } from "./backend.ts";
import type { TiledRecipe } from "./tiled/tiled_recipe.ts";
import type { FrameSampling } from "./videos/frame_sampling.ts";

/** One model's preprocessing, as data. */
export type Recipe = TiledRecipe | ProcessorRecipe;

/**
 * The composing of a call, which yields after each image: planning in slices may pause there. What it returns
 * is known once all images are closed.
 */
export type Composing<T = void> = Generator<void, T, void>;

/** The recipe of a processor of the transformers library. Each family composes a call in its own way. */
export interface ProcessorRecipe extends Preprocessing {
  /** The kind of recipe: one that composes its plan itself. */
  kind: "processor";
  /** The library whose twin of the class is followed, and why; absent before a config is read whole. */
  backend?: BackendChoice;
  /** The way in which frames of a clip are chosen; absent for a recipe of pictures. */
  sampling?: FrameSampling;
  /** True where pixels may decide outputs and texts of a call; such a call is planned as f32. */
  derives?: boolean;
  /** Appends the views, images and outputs of one call. It computes with sizes only. */
  compose(composer: Composer): Composing;
}

/** Returns true for a recipe whose samples are clips, each the list of its frames. */
export function takesClips(recipe: Recipe): boolean {
  return recipe.kind === "processor" && recipe.sampling !== undefined;
}
