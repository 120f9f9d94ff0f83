import type { Size } from "../../../plan/geometry.ts";
import type { ImageText } from "../../../plan/image_text.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { composeGrid, type Grid, gridsByAspect, ONE_TILE } from "../../parts/tile_grids.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { MOST_TILES } from "../../refusal.ts";

/**
 * PerceptionLM. All of a picture is stretched over one tile, and then over a grid of tiles that holds it:
 * the one in which its shorter side is largest. With another `vision_input_type` than `thumb+tile` the one
 * tile is all.
 *
 * Outputs: `pixel_values` `[pictures, tiles, 3, side, side]`; lists where pictures differ in tiles. The
 * tokens are known where the config has the processor's `patch_size`; `pooling_ratio` is 2 by default.
 *
 * Source: transformers `models/perception_lm/image_processing_perception_lm.py`,
 * `processing_perception_lm.py`.
 */
export function perceptionLm(fields: Fields): ProcessorRecipe {
  const { doResize, filter, resampler, values } = commonFields(fields, { filter: "bicubic", ...HALVES });
  const side = fields.count("tile_size") ?? 448;
  const most = fields.count("max_num_tiles", MOST_TILES) ?? 36;
  const kind = fields.text("vision_input_type") ?? "thumb+tile";
  const cut = kind === "thumb+tile" && !fields.isNull("vision_input_type");
  const patch = fields.count("patch_size"), pooling = fields.count("pooling_ratio") ?? 2;
  const tile = { width: side, height: side }, steps = { filter, resampler };
  return {
    kind: "processor",
    name: "perception_lm",
    parameters: fields.given(),
    values,
    *compose(composer) {
      const counts = yield* eachPicture(composer, (picture, index) => {
        const before = composer.rows(PIXELS);
        const size = doResize ? tile : picture, split = doResize && cut;
        const first = composeGrid(composer, index, ONE_TILE, size, steps);
        const grid = split ? gridOf(picture, side, most) : ONE_TILE;
        const main = split ? composeGrid(composer, index, grid, tile, steps) : first;
        const count = composer.rows(PIXELS) - before;
        const expansion = patch === undefined ? {} : expanded(count, size, patch, pooling);
        composer.image({ size: picture, main, grid: [grid.rows, grid.columns], ...expansion });
        return count;
      });
      yield* composer.returnEachInSteps(PIXELS, counts);
    },
  };
}

/** The text of a picture's tokens. */
function expanded(tiles: number, { width, height }: Size, patch: number, pooling: number): ImageText {
  const along = (length: number) => Math.floor(Math.floor(length / patch) / pooling);
  const tokens = along(height) * along(width) * tiles;
  return { tokens, parts: [["<|image|>", tokens]] };
}

/** The grid of a picture's tiles. */
function gridOf(picture: Size, side: number, most: number): Grid {
  if (most === 1) return ONE_TILE;
  const grids = gridsByAspect(most, "columns");
  return holdingGrid(picture, side, grids) ?? nearestAspect(picture, grids);
}

/**
 * Of the grids that hold a picture the one in which its shorter side is largest, the last of several; none
 * where the picture is larger than all.
 * Source: `_fit_image_to_canvas`, `_get_image_height_width`.
 */
function holdingGrid({ width, height }: Size, side: number, grids: readonly Grid[]): Grid | undefined {
  const aspect = width / height;
  let best: Grid | undefined, most = -Infinity;
  for (const grid of grids) {
    const across = grid.columns * side, down = grid.rows * side;
    if (across < width || down < height) continue;
    const scale = Math.min(across / width, down / height);
    // The side that is compared: a wide picture's height, a high one's width; a square's is exact.
    const shorter = aspect > 1
      ? Math.floor(scale * width / aspect)
      : aspect < 1
      ? Math.floor(scale * height * aspect)
      : scale * height;
    if (shorter >= most) [best, most] = [grid, shorter];
  }
  return best;
}

/**
 * The grid whose aspect is nearest to the picture's, and less extreme; of several such the largest.
 * Source: `_find_closest_aspect_ratio`.
 */
function nearestAspect({ width, height }: Size, grids: readonly Grid[]): Grid {
  const aspect = width / height, wide = aspect >= 1;
  const distance = ({ columns, rows }: Grid) => {
    const own = columns / rows;
    return wide ? Math.abs(own - aspect) : Math.abs(1 / own - 1 / aspect);
  };
  const allowed = grids.filter(({ columns, rows }) =>
    wide ? columns / rows <= aspect : columns / rows > aspect
  );
  const nearest = allowed.reduce((a, b) => distance(b) < distance(a) ? b : a);
  const same = allowed.filter(({ columns, rows }) => columns / rows === nearest.columns / nearest.rows);
  return same.reduce((a, b) => (wide ? b.columns > a.columns : b.rows > a.rows) ? b : a);
}
