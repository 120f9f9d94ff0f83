import type { Plan } from "../plan/plan.ts";
import type { Recipe } from "../recipes/recipe.ts";

/**
 * The recipe that gives a picture alone what it gets among the pictures of `plan`: where a sample of several has fewer tiles a
 * picture, or one canvas for all, so has this one.
 */
export function recipeAlone({ recipe, pictures, images }: Plan): Recipe {
  if (recipe.kind !== "tiles" || recipe.geometry.kind !== "hd") return recipe;
  const { maxTiles, maxTilesOfSeveral, uniform, ...geometry } = recipe.geometry;
  const most = pictures.length > 1 ? maxTilesOfSeveral ?? maxTiles : maxTiles;
  return {
    ...recipe,
    geometry: { ...geometry, maxTiles: most, ...(uniform && { uniform: images[0].canvas }) },
  };
}
