import { countOf } from "../../layout/shape.ts";
import { type Dtype, ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { Size } from "../../plan/geometry.ts";
import { GLOBALS, PIXELS, type PlannedImage } from "../../plan/plan.ts";
import { planSample } from "../../recipes/plan_sample.ts";
import { recipeAlone } from "../../recipes/tiled/recipe_alone.ts";
import type { TiledRecipe } from "../../recipes/tiled/tiled_recipe.ts";
import type { PictureFile } from "../data/picture_files.ts";

/** A picture or a clip on its canvas, which a shard stores once, however many of its samples use it. */
export interface Unit {
  /** The unit's identity in a shard: units of equal pixels have equal keys. */
  readonly key: string;
  /** The recipe that plans the same image for these pictures alone, without the sample's other pictures. */
  readonly recipe: TiledRecipe;
  /** The sources: one picture, or the frames of a clip. */
  readonly pictures: readonly PictureFile[];
  /** The image in the sample's plan. */
  readonly image: PlannedImage;
  /** The count of its rows of `pixel_values`: in float dtypes a global view, then the tiles. */
  readonly rows: number;
  /** The shape of a row. */
  readonly rowShape: readonly number[];
  /** The bytes of all its rows. */
  readonly bytes: number;
}

/**
 * Returns the units of a sample's pictures, in order.
 *
 * In float dtypes a unit's global view stands before its tiles. In u8 there is none: a global view is floats,
 * and at 4 bytes a value it would weigh as much as four tiles. It can be computed from the canvas that the
 * tiles are.
 *
 * @throws {VitrailError} `shape` for a picture that the recipe cannot take.
 */
export function unitsOf(recipe: TiledRecipe, pictures: readonly PictureFile[], dtype: Dtype): Unit[] {
  if (pictures.length === 0) return [];
  const sizes = pictures.map(({ size }) => size);
  const stored = withRows(recipe, sizes, dtype), plan = planSample(stored, sizes, dtype);
  const rowShape = plan.outputs[PIXELS].shape.slice(1);
  const rowBytes = countOf(rowShape) * ELEMENT_BYTES[dtype];
  return plan.images.map((image, index) => {
    const own = recipeAlone(stored, plan, image);
    const sources = isClip(own) ? pictures : [pictures[index]];
    const rows = image.rows[1] - image.rows[0];
    const key = JSON.stringify([own.geometry, ...sources.map(({ path }) => path)]);
    return { key, recipe: own, pictures: sources, image, rows, rowShape, bytes: rows * rowBytes };
  });
}

/** Returns whether a recipe joins all pictures of a sample on one sheet. */
export function isClip({ geometry }: TiledRecipe): boolean {
  return geometry.kind === "strip" && geometry.frame !== undefined;
}

/** Returns the recipe without global views where those would be an output of their own, as in u8. */
function withRows(recipe: TiledRecipe, sizes: readonly Size[], dtype: Dtype): TiledRecipe {
  return GLOBALS in planSample(recipe, sizes, dtype).outputs ? { ...recipe, globalView: false } : recipe;
}
