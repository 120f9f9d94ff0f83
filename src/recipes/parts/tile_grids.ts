import { Memo } from "../../layout/memo.ts";
import type { Composer } from "../../plan/composer.ts";
import type { Box, Size } from "../../plan/geometry.ts";
import { PIXELS } from "../../plan/plan.ts";
import { BLACK } from "../../plan/tables/values.ts";
import type { Fields } from "../fields.ts";
import { MOST_TILES } from "../refusal.ts";
import { TILES } from "../tiled/tiled_recipe.ts";
import { sameSize, whole } from "./placements.ts";
import { exactSize, type SizeKeys } from "./size_keys.ts";
import { composeTile, type TileSteps } from "./tile_steps.ts";

/** Tiles along each axis. */
export interface Grid {
  /** Tiles across. */
  columns: number;
  /** Tiles down. */
  rows: number;
}

/** The grid of a picture that is one tile. */
export const ONE_TILE: Grid = { columns: 1, rows: 1 };

/** The grids that were made last: each picture asks for them. */
const GRIDS = new Memo<Grid[]>(16);

/** The rule by which a picture is cut into tiles. */
export interface Cropping {
  /** The size of a tile, pixels. */
  size: Size;
  /** The fewest tiles. */
  least: number;
  /** The most tiles. */
  most: number;
}

/**
 * Reads `crop_to_patches`, `min_patches` and `max_patches`; undefined where pictures are not cut.
 * @param single true for a class that cuts a single tile, too, where `max_patches` is 1; others take that for
 * not to cut
 * @throws {VitrailError} `recipe` where tiles have no exact size.
 */
export function croppingOf(fields: Fields, size: SizeKeys, single = false): Cropping | undefined {
  const on = fields.boolean("crop_to_patches") ?? false;
  const least = fields.count("min_patches", MOST_TILES) ?? 1,
    most = fields.count("max_patches", MOST_TILES) ?? 12;
  if (!on || most === 1 && !single) return undefined;
  const tile = exactSize(fields, "size") ?? { width: size.width!, height: size.height! };
  return { size: tile, least, most };
}

/**
 * Returns every grid of `least` to `most` tiles. Those of fewer tiles come first, then the narrower ones.
 * Source: transformers `models/got_ocr2/image_processing_got_ocr2.py`, `get_all_supported_aspect_ratios`.
 */
export function gridsOf(least: number, most: number): readonly Grid[] {
  return GRIDS.resultOf(`${least} ${most}`, () => {
    const grids: Grid[] = [];
    for (let columns = 1; columns <= most; columns++) {
      for (let rows = Math.ceil(least / columns); columns * rows <= most; rows++) {
        grids.push({ columns, rows });
      }
    }
    return grids.sort((a, b) => a.columns * a.rows - b.columns * b.rows);
  });
}

/**
 * Returns every grid of `most` tiles at most, those of one aspect after one another. Aspects come in the
 * order in which they are met from the most tiles down; of a count of tiles the narrow grids are met first.
 * Source: transformers `models/llama4/image_processing_llama4.py`, `find_supported_resolutions`;
 * `models/perception_lm/image_processing_perception_lm.py`, `_find_supported_aspect_ratios`.
 * @param narrow the side by which a grid is narrow: the factor that is counted up
 */
export function gridsByAspect(most: number, narrow: "columns" | "rows"): Grid[] {
  const factors = gridsOf(1, most).map(({ columns: factor, rows: other }) => ({ factor, other }));
  const grids = factors.sort((a, b) => b.factor * b.other - a.factor * a.other)
    .map(({ factor, other }): Grid => {
      return narrow === "columns" ? { columns: factor, rows: other } : { columns: other, rows: factor };
    });
  return [...Map.groupBy(grids, ({ columns, rows }) => columns / rows).values()].flat();
}

/**
 * Returns the grid whose aspect is nearest to the picture's. Of several such it is the one of the most tiles
 * whose area is less than twice the picture's; a single tile where no grid has so many.
 * Source: transformers `models/got_ocr2/image_processing_got_ocr2.py`, `get_optimal_tiled_canvas`.
 * @param grids the grids to take one of, those of fewer tiles first; the order of others is `gridsOf`'s
 */
export function nearestGrid(
  { width, height }: Size,
  { size, least, most }: Cropping,
  grids = gridsOf(least, most),
): Grid {
  let best = ONE_TILE, nearest = Infinity;
  for (const grid of grids) {
    const distance = Math.abs(width / height - grid.columns / grid.rows);
    const fills = width * height > 0.5 * size.height * size.width * grid.columns * grid.rows;
    if (distance < nearest || distance === nearest && fills) [best, nearest] = [grid, distance];
  }
  return best;
}

/**
 * Stretches a picture over a grid of tiles and cuts it, a row a tile. Returns the view that is cut.
 * @param index the picture's index in the call
 * @param size the size of a tile, pixels
 * @param steps its `crop` is what is kept of each tile; tiles are not resized again
 * @param output the output that gets the rows
 */
export function composeGrid(
  composer: Composer,
  index: number,
  grid: Grid,
  size: Size,
  steps: TileSteps,
  output = PIXELS,
): number {
  const canvas = { width: size.width * grid.columns, height: size.height * grid.rows };
  const placements = [whole({ picture: index }, composer.pictures[index], canvas, steps.filter)];
  const sheet = { canvas, fill: BLACK, placements };
  if (sameSize(steps.crop ?? size, size)) {
    const target = composer.target(output, canvas, TILES, { p: size.height, q: size.width });
    return composer.canvas({ ...sheet, target });
  }
  const main = composer.canvas(sheet);
  for (const box of boxesOf(grid, size)) composeTile(composer, { view: main }, box, steps, { output });
  return main;
}

/** The boxes of a grid's tiles, in row-major order. */
function boxesOf({ columns, rows }: Grid, { width, height }: Size): Box[] {
  return Array.from({ length: rows * columns }, (_, index) => {
    const left = index % columns * width, top = Math.floor(index / columns) * height;
    return { left, top, right: left + width, bottom: top + height };
  });
}
