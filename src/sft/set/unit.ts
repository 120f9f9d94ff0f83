import { type Dtype, ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { Size } from "../../plan/geometry.ts";
import { GLOBALS, PIXELS, type PlannedImage } from "../../plan/plan.ts";
import { planSample } from "../../recipes/plan_sample.ts";
import { recipeAlone } from "../../recipes/tiled/recipe_alone.ts";
import type { TiledRecipe } from "../../recipes/tiled/tiled_recipe.ts";
import type { PictureFile } from "../data/picture_files.ts";

/** What a shard stores once, however many of its samples use it: a picture, or a clip, on its canvas. */
export interface Unit {
  /** Equal for equal pixels. */
  readonly key: string;
  /** Planning its pictures alone with this recipe gives its image, whatever company the sample had. */
  readonly recipe: TiledRecipe;
  /** The source: one picture, or the frames of a clip. */
  readonly pictures: readonly PictureFile[];
  readonly image: PlannedImage;
  /** Rows of `pixel_values`: a global view where the dtype has them, and the tiles. */
  readonly rows: number;
  /** The shape of a row. */
  readonly row: readonly number[];
  /** Bytes of all rows. */
  readonly bytes: number;
}

/**
 * The units of a sample's pictures, in order.
 *
 * Global views stand before the tiles in float dtypes. In u8 there are none: they are floats, computed from the canvas
 * that the tiles are, and at 4 bytes a value one of them would weigh as much as four tiles.
 *
 * @throws {VitrailError} `shape` for a picture that the recipe cannot take.
 */
export function unitsOf(recipe: TiledRecipe, pictures: readonly PictureFile[], dtype: Dtype): Unit[] {
  if (pictures.length === 0) return [];
  const sizes = pictures.map(({ size }) => size);
  const made = withRows(recipe, sizes, dtype), plan = planSample(made, sizes, dtype);
  const { shape } = plan.outputs[PIXELS];
  const row = shape.slice(1), rowBytes = row.reduce((a, b) => a * b, ELEMENT_BYTES[dtype]);
  return plan.images.map((image, index) => {
    const own = recipeAlone(made, plan, image);
    const sources = isClip(own) ? pictures : [pictures[index]];
    const rows = image.rows[1] - image.rows[0];
    const key = JSON.stringify([own.geometry, ...sources.map(({ path }) => path)]);
    return { key, recipe: own, pictures: sources, image, rows, row, bytes: rows * rowBytes };
  });
}

/** Whether a recipe joins all pictures of a sample on one sheet. */
export function isClip({ geometry }: TiledRecipe): boolean {
  return geometry.kind === "strip" && geometry.frame !== undefined;
}

/** The recipe, with global views only where they are rows of `pixel_values`. */
function withRows(recipe: TiledRecipe, sizes: readonly Size[], dtype: Dtype): TiledRecipe {
  return GLOBALS in planSample(recipe, sizes, dtype).outputs ? { ...recipe, globalView: false } : recipe;
}
