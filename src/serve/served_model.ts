import type { ModelTexts } from "../hub/model_texts.ts";
import { type Recipe, takesClips } from "../recipes/recipe.ts";

/** The model that a service plans and prepares pictures for. */
export interface ServedModel {
  /** The recipe of pictures, or where it takes clips, of those. */
  readonly recipe: Recipe;
  /** The recipe of clips beside it; absent where there is none. */
  readonly clips?: Recipe;
  /** All that makes texts; absent where requests have no token ids. */
  readonly texts?: ModelTexts;
}

/** Returns the recipe of a model's clips; undefined where it takes none. */
export function clipRecipe({ recipe, clips }: ServedModel): Recipe | undefined {
  return clips ?? (takesClips(recipe) ? recipe : undefined);
}
