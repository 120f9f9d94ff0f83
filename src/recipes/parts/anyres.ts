import type { Composer } from "../../plan/composer.ts";
import { type Size, sizeOf, wholeOf } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import { BLACK } from "../../plan/tables/values.ts";
import type { Fields } from "../fields.ts";
import { TILES } from "../tiled/tiled_recipe.ts";
import type { CommonFields } from "./common_fields.ts";
import { sameSize } from "./placements.ts";
import {
  bestResolution,
  keptAspect,
  type Pinpoints,
  pinpointSizes,
  requireSquares,
  resolutionsOf,
  squareGrid,
  squaresOf,
} from "./resolutions.ts";
import { cropOf, exactSize, resizeKeys, type SizeKeys } from "./size_keys.ts";
import { composeTile, tileSizes, type TileSteps } from "./tile_steps.ts";

/** The rule by which a picture becomes a view of its whole and the tiles of its best resolution. */
export interface Anyres extends TileSteps {
  /** The resolutions that there are. */
  resolutions: readonly Size[];
  /** The size that the view of the whole is stretched to. */
  base: Size;
  /** The side of the squares that the best resolution is cut into, pixels. */
  patch: number;
}

/** A class's defaults. */
export interface AnyresDefaults {
  /** `image_grid_pinpoints` by default. */
  pinpoints: Pinpoints;
  /** `size` by default. */
  size: SizeKeys;
  /** `crop_size` of a class that crops by default; others have none. */
  crop?: Size;
}

/**
 * Reads the fields of a class that cuts pictures at their best resolution.
 * @throws {VitrailError} `recipe` for a value that makes no sense.
 */
export function anyresOf(
  fields: Fields,
  { doResize, filter, resampler }: CommonFields,
  defaults: AnyresDefaults,
): Anyres {
  const size = resizeKeys(fields, defaults.size, "shortest_edge");
  if (size.max_height !== undefined) throw fields.bad("size", "height and width, or shortest_edge");
  const cropSize = exactSize(fields, "crop_size") ?? defaults.crop;
  const { height = size.shortest_edge!, width = size.shortest_edge! } = size;
  const patch = cropSize?.height ?? height;
  const given = resolutionsOf(fields, "image_grid_pinpoints");
  const resolutions = given ?? pinpointSizes(defaults.pinpoints);
  requireSquares(
    fields,
    given ? "image_grid_pinpoints" : cropSize ? "crop_size" : "size",
    resolutions,
    patch,
  );
  return {
    resolutions,
    base: { width, height },
    patch,
    crop: cropOf(fields, defaults.crop),
    filter,
    resampler,
    ...(doResize ? { size } : {}),
  };
}

/**
 * Composes the view of a picture's whole, then its tiles. Returns the view that they are cut from, and their
 * grid.
 * Source: transformers `models/llava_next/image_processing_pil_llava_next.py`, `get_image_patches` and
 * `_preprocess`.
 * @param index the picture's index in the call
 */
export function composeAnyres(composer: Composer, index: number, anyres: Anyres) {
  const { base, patch, filter } = anyres;
  const picture = composer.pictures[index];
  composeTile(composer, { picture: index }, wholeOf(picture), anyres, { tile: base });
  const canvas = bestResolution(picture, anyres.resolutions);
  const sheet = { canvas, fill: BLACK, placements: [keptAspect(index, picture, canvas, filter)] };
  const grid = squareGrid(canvas, patch);
  const squares = squaresOf(canvas, patch);
  const tile = { width: patch, height: patch };
  const unchanged = squares.every((box) => {
    const { content, canvas } = tileSizes(sizeOf(box), anyres);
    return [sizeOf(box), content, canvas].every((size) => sameSize(size, tile));
  });
  if (unchanged) {
    const target = composer.target(PIXELS, canvas, TILES, { p: patch, q: patch });
    return { main: composer.canvas({ ...sheet, target }), grid };
  }
  const main = composer.canvas(sheet);
  for (const box of squares) composeTile(composer, { view: main }, box, anyres);
  return { main, grid };
}

/** Counts the rows that `composeAnyres` fills for a picture. */
export function anyresRows(picture: Size, { resolutions, patch }: Anyres): number {
  return 1 + squaresOf(bestResolution(picture, resolutions), patch).length;
}
