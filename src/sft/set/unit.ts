import { countOf } from "../../layout/shape.ts";
import { type Dtype, ELEMENT_BYTES } from "../../plan/dtype.ts";
import type { Plan } from "../../plan/plan.ts";
import { imagePlan, ownRows, type RowKind, rowKindOf } from "../../plan/images/image_plan.ts";
import type { SizedImagePlan } from "../../plan/images/joined_plan.ts";
import type { Recipe } from "../../recipes/recipe.ts";
import type { TiledRecipe } from "../../recipes/tiled/tiled_recipe.ts";
import type { PictureFile } from "../data/picture_files.ts";

/** A picture or a clip of a sample, which a shard stores once, however many of its samples use it. */
export interface Unit extends SizedImagePlan {
  /** The unit's identity in a shard: units of equal pixels have equal keys. */
  readonly key: string;
  /** The recipe of the sample's plan. */
  readonly recipe: Recipe;
  /** The sources: one picture, or the frames of a clip. */
  readonly files: readonly PictureFile[];
  /** The rows that it fills, by output. */
  readonly kinds: Readonly<Record<string, RowKind>>;
}

/** Returns the units of a sample's plan, an image each. */
export function unitsOf(plan: Plan<Recipe>, files: readonly PictureFile[]): Unit[] {
  return plan.images.map((image) => {
    const own = imagePlan(plan, image);
    const sources = own.pictures.map((index) => files[index]);
    const filled = Object.keys(own.ranges).filter((output) => ownRows(own, output) > 0);
    const kinds = Object.fromEntries(filled.map((output) => [output, rowKindOf(plan, output)]));
    const paths = sources.map(({ path }) => path), { grid, tokens } = image;
    return {
      ...own,
      key: JSON.stringify([paths, own.views, kinds, grid, tokens]),
      recipe: plan.recipe,
      files: sources,
      sizes: sources.map(({ size }) => size),
      kinds,
    };
  });
}

/** Returns the element type that rows of a kind are stored in: bytes in a set of `u8`, else their own. */
export function storedDtypeOf({ dtype }: RowKind, set: Dtype): Dtype {
  return set === "u8" ? "u8" : dtype;
}

/** Returns the bytes of a unit's rows: of one output, or of all. */
export function bytesOfUnit(unit: Unit, set: Dtype, output?: string): number {
  const outputs = output === undefined ? Object.keys(unit.kinds) : [output];
  return outputs.reduce((sum, name) => {
    const kind = unit.kinds[name], width = ELEMENT_BYTES[storedDtypeOf(kind, set)];
    return sum + ownRows(unit, name) * countOf(kind.rowShape) * width;
  }, 0);
}

/** Returns the count of a unit's rows, of all outputs. */
export function rowsOfUnit(unit: Unit): number {
  return Object.keys(unit.kinds).reduce((sum, output) => sum + ownRows(unit, output), 0);
}

/** Returns whether a recipe of tiles joins all pictures of a sample on one sheet. */
export function joinsFrames(recipe: Recipe): recipe is TiledRecipe {
  return recipe.kind === "tiles" && recipe.geometry.kind === "strip" && recipe.geometry.frame !== undefined;
}
