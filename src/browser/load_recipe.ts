import { requireGiven } from "../given/given_value.ts";
import type { Alcove, AlcoveRecipes } from "../recipes/families/family.ts";
import { alcoveOf, readConfig } from "../recipes/families/read_config.ts";
import type { Recipe } from "../recipes/recipe.ts";
import { loaded } from "../runtime/loaded.ts";

/** The imports of families' recipes, a module each. */
const IMPORTS: Readonly<Record<Alcove, () => Promise<AlcoveRecipes>>> = {
  squares: async () => (await import("../recipes/families/squares/square_recipes.ts")).SQUARE_RECIPES,
  patches: async () => (await import("../recipes/families/patches/patch_recipes.ts")).PATCH_RECIPES,
  tiles: async () => (await import("../recipes/families/tiles/tile_recipes.ts")).TILE_RECIPES,
  documents: async () => (await import("../recipes/families/documents/document_recipes.ts")).DOCUMENT_RECIPES,
  clips: async () => (await import("../recipes/families/clips/clip_recipes.ts")).CLIP_RECIPES,
};

/**
 * Resolves to the recipe that `recipeFromConfig` returns. The page fetches the code that the config needs:
 * families of squares, of patches, of tiles, of documents and of clips are a module each.
 * @param json the content of a `preprocessor_config.json`, or of another file that `recipeFromConfig` takes
 * @param changes fields to take in place of the file's
 * @throws {VitrailError} `recipe`, as `recipeFromConfig`; `io` where the code cannot be fetched.
 */
export async function loadRecipe(
  json: unknown,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<Recipe> {
  requireGiven("loadRecipe: changes", changes, "an object", "{ size: 448 }");
  const alcove = alcoveOf(json, changes);
  const recipes = await loaded(`the recipes of ${alcove}`, IMPORTS[alcove]);
  return readConfig(json, changes, true, { [alcove]: recipes }).recipe;
}
