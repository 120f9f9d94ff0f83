import type { TiledRecipe } from "./tiled_recipe.ts";

/**
 * Returns how many tokens one picture becomes after the encoder, or undefined where the recipe does not say.
 * Source: InternLM-XComposer `build_mlp.py`, `CLIPVisionTower.forward`.
 */
export function tiledTokens(
  recipe: TiledRecipe,
  [rows, columns]: readonly [number, number],
): number | undefined {
  const layout = recipe.tokens;
  if (layout === undefined) return undefined;
  if (layout.kind === "tile") return rows * columns * layout.count;
  const { side } = layout;
  return (rows * columns + 1) * side * side + 1 + (rows + 1) * side;
}
