import type { Size } from "../../../plan/geometry.ts";
import { type ImageText, partsBetween, type TextPart } from "../../../plan/image_text.ts";
import { PIXELS } from "../../../plan/plan.ts";
import type { Normalisation } from "../../../plan/tables/values.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import { flatMapInSteps } from "../../../runtime/in_steps.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { whole } from "../../parts/placements.ts";
import { exactSize } from "../../parts/size_keys.ts";
import { composeGrid, type Grid, gridsByAspect, ONE_TILE } from "../../parts/tile_grids.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { MOST_TILES } from "../../refusal.ts";
import { TILES } from "../../tiled/tiled_recipe.ts";

/**
 * Llama 4. A picture is fitted into the grid of tiles that shrinks it least, with black right of it and below
 * it. After several tiles all of the picture follows, stretched over one more.
 *
 * Outputs: `pixel_values` `[tiles, 3, side, side]`, whose values are rounded to bfloat16, and `aspect_ratios`
 * `[pictures, 2]`, tiles down and across. `patch_size` (14 by default) and `pixel_shuffle_ratio` (0.5) are
 * the processor's, and say how many tokens a tile becomes.
 *
 * Source: transformers `models/llama4/image_processing_llama4.py`, `processing_llama4.py`.
 */
export function llama4(fields: Fields): ProcessorRecipe {
  const { doResize, filter, resampler, values } = commonFields(fields, { filter: "bilinear", ...HALVES });
  if (!doResize) throw fields.bad("do_resize", "true: pictures always become whole tiles");
  const tile = exactSize(fields, "size") ?? { width: 336, height: 336 };
  if (tile.width !== tile.height) throw fields.bad("size", "a square");
  const most = fields.count("max_patches", MOST_TILES) ?? 16;
  const largest = fields.boolean("resize_to_max_canvas") ?? false;
  const each = tokensOf(fields, tile);
  return {
    kind: "processor",
    name: "llama4",
    parameters: fields.given(),
    values: brainValues(fields, values),
    *compose(composer) {
      const grids = yield* eachPicture(composer, (picture, index) => {
        const grid = fittingGrid(picture, tile.width, most, largest);
        const canvas = { width: grid.columns * tile.width, height: grid.rows * tile.height };
        const content = within(picture, largest ? canvas : bounded(picture, canvas, tile));
        const main = composer.canvas({
          canvas,
          fill: BLACK,
          placements: [whole({ picture: index }, picture, content, filter)],
          target: composer.target(PIXELS, canvas, TILES, { p: tile.height, q: tile.width }),
        });
        const tiles = grid.columns * grid.rows;
        if (tiles > 1) composeGrid(composer, index, ONE_TILE, tile, { filter, resampler });
        composer.image({
          size: picture,
          main,
          grid: [grid.rows, grid.columns],
          ...expansion(grid, each),
        });
        return grid;
      });
      const ratios = yield* flatMapInSteps(grids, ({ rows, columns }) => [rows, columns]);
      composer.integers("aspect_ratios", { dtype: "i64", shape: [grids.length, 2], values: ratios });
    },
  };
}

/** The class's own values: in bfloat16. Bytes that are not rescaled cannot be normalised there. */
function brainValues(fields: Fields, values: Normalisation): Normalisation {
  if (values.rescale === undefined && values.normalize) {
    throw fields.bad("do_rescale", "true where do_normalize is: the Python class normalises no bytes");
  }
  return { ...values, rounding: "bfloat16" };
}

/** The tokens of a tile. */
function tokensOf(fields: Fields, tile: Size): number {
  const patch = fields.count("patch_size") ?? 14;
  const ratio = fields.number("pixel_shuffle_ratio", "a number above 0, 1 at most", (n) => n > 0 && n <= 1);
  const patches = Math.floor(tile.height / patch) * Math.floor(tile.width / patch);
  return Math.floor(patches / Math.round(1 / (ratio ?? 0.5) ** 2));
}

/**
 * The grid that a picture fits with the least enlarging; where none is large enough, the one that shrinks it
 * least. Of several such it is the one of the fewest tiles.
 * Source: `get_best_fit`, in f32.
 * @param largest true for the grid that enlarges most
 */
function fittingGrid({ width, height }: Size, side: number, most: number, largest: boolean): Grid {
  const scaled = gridsByAspect(most, "rows").map((grid) => {
    const across = Math.fround(grid.columns * side / width), down = Math.fround(grid.rows * side / height);
    return { grid, tiles: grid.columns * grid.rows, scale: down > across ? across : down };
  });
  const enlarging = scaled.map(({ scale }) => scale).filter((scale) => scale >= 1);
  const chosen = enlarging.length === 0
    ? Math.max(...scaled.map(({ scale }) => scale))
    : largest
    ? Math.max(...enlarging)
    : Math.min(...enlarging);
  const best = scaled.filter(({ scale }) => scale === chosen);
  return best.reduce((a, b) => b.tiles < a.tiles ? b : a).grid;
}

/** The size that a picture is fitted into: it is not enlarged beyond a tile. */
function bounded(picture: Size, canvas: Size, tile: Size): Size {
  return {
    width: Math.min(Math.max(picture.width, tile.height), canvas.width),
    height: Math.min(Math.max(picture.height, tile.height), canvas.height),
  };
}

/** The largest size of a picture's aspect within another. Source: `get_max_res_without_distortion`. */
function within({ width, height }: Size, most: Size): Size {
  const across = most.width / width, down = most.height / height;
  return across < down
    ? { width: most.width, height: Math.max(1, Math.min(Math.floor(height * across), most.height)) }
    : { width: Math.max(1, Math.min(Math.floor(width * down), most.width)), height: most.height };
}

/**
 * The text that stands for a picture.
 * Source: `models/llama4/processing_llama4.py`, `_prompt_split_image`.
 */
function expansion({ rows, columns }: Grid, each: number): ImageText {
  const token = "<|patch|>", tile: TextPart[] = [[token, each]];
  const line = [...partsBetween(Array(columns).fill(tile), "<|tile_x_separator|>"), "<|tile_y_separator|>"];
  const split = rows * columns > 1;
  return {
    tokens: (split ? rows * columns + 1 : 1) * each,
    parts: [
      "<|image_start|>",
      ...(split ? Array<TextPart[]>(rows).fill(line).flat() : []),
      "<|image|>",
      ...tile,
      "<|image_end|>",
    ],
    token,
    mark: "<|image|>",
  };
}
