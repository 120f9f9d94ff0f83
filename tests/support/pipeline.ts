import { ixc2, ixc24khd, ixc25, ixc25Image, ixc25Video } from "../../src/recipes/tiled/ixc.ts";
import type { TiledRecipe } from "../../src/recipes/tiled/tiled_recipe.ts";

/** Returns the recipe that a golden's pipeline names. */
export function recipeOf(pipeline: string): TiledRecipe {
  const count = Number(/\d+$/.exec(pipeline)?.[0]);
  if (pipeline.startsWith("4khd")) return ixc24khd({ hdNum: count });
  if (pipeline.startsWith("ixc25_ft")) return ixc25({ hdNum: count });
  if (pipeline.startsWith("ixc25_image")) return ixc25Image({ hdNum: count });
  if (pipeline === "ixc25_video") return ixc25Video({ join: false });
  return ixc2({ size: count });
}
