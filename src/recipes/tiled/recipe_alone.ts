import type { Recipe } from "../recipe.ts";
import type { Plan, PlannedImage } from "../../plan/plan.ts";

/**
 * The recipe with what a sample's other pictures decided of `image` written down: under it, its pictures alone get what they get
 * in the sample, be it fewer tiles because there are several pictures, or a canvas that all share.
 */
export function recipeAlone<R extends Recipe>(recipe: R, { images }: Plan, image: PlannedImage): R {
  if (recipe.kind !== "tiles" || recipe.geometry.kind !== "hd") return recipe;
  const { maxTilesOfSeveral, ...alone } = recipe.geometry;
  if (alone.uniform !== undefined) return { ...recipe, geometry: { ...alone, uniform: image.canvas } };
  const maxTiles = images.length > 1 ? maxTilesOfSeveral ?? alone.maxTiles : alone.maxTiles;
  return { ...recipe, geometry: { ...alone, maxTiles } };
}
