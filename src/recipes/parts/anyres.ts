import type { Composer } from "../../plan/composer.ts";
import { type Size, sizeOf, wholeOf } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import type { Fields } from "../fields.ts";
import { TILES } from "../tiled/tiled_recipe.ts";
import { type Common, type SizeKeys, squareOf } from "./common_fields.ts";
import { composeTile, tileSizes, type TileSteps } from "./one_tile.ts";
import { cropOf, resizeKeys } from "./resized_size.ts";
import {
  bestResolution,
  keptAspect,
  type Pinpoints,
  pinpointSizes,
  resolutionsOf,
  squaresOf,
} from "./resolutions.ts";

/** How a picture becomes a view of its whole and the tiles of its best resolution. */
export interface Anyres extends TileSteps {
  /** The resolutions that there are. */
  resolutions: readonly Size[];
  /** What the view of the whole is stretched to. */
  base: Size;
  /** Side of the squares that the best resolution is cut into, pixels. */
  patch: number;
}

/** A class's defaults. */
export interface AnyresDefaults {
  pinpoints: Pinpoints;
  size: SizeKeys;
  crop?: Size;
}

/** Reads the fields of a class that cuts pictures at their best resolution. */
export function anyresOf(
  fields: Fields,
  { doResize, filter, resampler }: Common,
  defaults: AnyresDefaults,
): Anyres {
  const size = resizeKeys(fields, "size", defaults.size, true);
  if (size.max_height !== undefined) throw fields.bad("size", "height and width, or shortest_edge");
  const cropSize = squareOf(fields, "crop_size") ?? defaults.crop;
  const { height = size.shortest_edge!, width = size.shortest_edge! } = size;
  return {
    resolutions: resolutionsOf(fields, "image_grid_pinpoints") ?? pinpointSizes(defaults.pinpoints),
    base: { width, height },
    patch: cropSize?.height ?? height,
    crop: cropOf(fields, defaults.crop !== undefined, defaults.crop),
    filter,
    resampler,
    ...(doResize ? { size } : {}),
  };
}

/**
 * Composes a picture's view of the whole, then its tiles; the result is the view that they are cut from, and the grid.
 * Source: transformers `models/llava_next/image_processing_pil_llava_next.py`, `get_image_patches` and `_preprocess`.
 */
export function composeAnyres(composer: Composer, index: number, anyres: Anyres) {
  const { base, patch, filter } = anyres;
  const picture = composer.pictures[index];
  composeTile(composer, { picture: index }, wholeOf(picture), anyres, base);
  const canvas = bestResolution(picture, anyres.resolutions);
  const squares = squaresOf(canvas, patch);
  const sheet = {
    canvas,
    fill: [0, 0, 0] as const,
    placements: [keptAspect(index, picture, canvas, filter)],
  };
  const grid: [number, number] = [Math.ceil(canvas.height / patch), Math.ceil(canvas.width / patch)];
  const asTheyAre = squares.every((box) => {
    const sizes = tileSizes(sizeOf(box), anyres);
    return [sizeOf(box), sizes.content, sizes.canvas].every(({ width, height }) =>
      width === patch && height === patch
    );
  });
  if (asTheyAre) {
    const target = composer.target(PIXELS, canvas, TILES, { p: patch, q: patch });
    return { main: composer.canvas({ ...sheet, target }), grid };
  }
  const main = composer.canvas(sheet);
  for (const box of squares) composeTile(composer, { view: main }, box, anyres);
  return { main, grid };
}

/** How many rows `composeAnyres` fills for a picture. */
export function anyresRows(picture: Size, { resolutions, patch }: Anyres): number {
  return 1 + squaresOf(bestResolution(picture, resolutions), patch).length;
}
