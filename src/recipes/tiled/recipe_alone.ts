import type { Plan, PlannedImage } from "../../plan/plan.ts";
import type { Recipe } from "../recipe.ts";

/**
 * Returns the recipe that gives an image by itself the canvas that it has in its sample.
 *
 * The sample's other pictures may decide that canvas: pictures of one sample get fewer tiles each, or share
 * one canvas. The result has their decision written down.
 */
export function recipeAlone<R extends Recipe>(recipe: R, { images }: Plan, image: PlannedImage): R {
  if (recipe.kind !== "tiles" || recipe.geometry.kind !== "hd") return recipe;
  const { maxTilesOfSeveral, ...alone } = recipe.geometry;
  if (alone.uniform !== undefined) return { ...recipe, geometry: { ...alone, uniform: image.canvas } };
  const maxTiles = images.length > 1 ? maxTilesOfSeveral ?? alone.maxTiles : alone.maxTiles;
  return { ...recipe, geometry: { ...alone, maxTiles } };
}
