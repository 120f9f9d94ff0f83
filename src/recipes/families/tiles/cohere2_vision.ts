import type { Size } from "../../../plan/geometry.ts";
import type { ImageText, TextPart } from "../../../plan/image_text.ts";
import { PIXELS } from "../../../plan/plan.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import { resizedSize } from "../../parts/resized_size.ts";
import { exactSize, resizeKeys } from "../../parts/size_keys.ts";
import { composeGrid, type Grid, gridsOf, ONE_TILE } from "../../parts/tile_grids.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { MOST_TILES } from "../../refusal.ts";

/**
 * Command A Vision. With `crop_to_patches` a picture is stretched over the grid of tiles that enlarges it
 * least, or where none is large enough shrinks it least. After several tiles all of it follows as one more.
 * `min_patches` changes nothing in the class.
 *
 * Outputs: `pixel_values` `[tiles, 3, height, width]`, `num_patches` `[pictures]`. A tile becomes
 * `patch_size`² tokens, 256 by default.
 *
 * Source: transformers `models/cohere2_vision/image_processing_cohere2_vision.py`,
 * `processing_cohere2_vision.py`.
 */
export function cohere2Vision(fields: Fields): ProcessorRecipe {
  const { doResize, filter, resampler, values } = commonFields(fields, { filter: "bicubic", ...CLIP });
  const size = resizeKeys(fields, { height: 512, width: 512 }, "square");
  const cropped = fields.boolean("crop_to_patches") ?? true;
  fields.leaveUnused("min_patches");
  const most = fields.count("max_patches", MOST_TILES) ?? 12;
  const each = (fields.count("patch_size") ?? 16) ** 2;
  const tile = cropped ? exactSize(fields, "size") ?? { width: 512, height: 512 } : undefined;
  const steps = { filter, resampler };
  return {
    kind: "processor",
    name: "cohere2_vision",
    parameters: fields.given(),
    values,
    *compose(composer) {
      const counts = yield* eachPicture(composer, (picture, index) => {
        const before = composer.rows(PIXELS);
        const grid = tile ? closestGrid(picture, tile.height, most) : ONE_TILE;
        const side = tile ?? (doResize ? resizedSize(picture, size) : picture);
        const main = composeGrid(composer, index, grid, side, steps);
        if (grid.columns * grid.rows > 1) composeGrid(composer, index, ONE_TILE, side, steps);
        const count = composer.rows(PIXELS) - before;
        composer.image({
          size: picture,
          main,
          grid: [grid.rows, grid.columns],
          ...expansion(count, each),
        });
        return count;
      });
      composer.integers("num_patches", { dtype: "i64", shape: [counts.length], values: counts });
    },
  };
}

/** The grid of tiles that a picture is stretched over. Source: `get_optimal_tiled_canvas`. */
function closestGrid({ width, height }: Size, side: number, most: number): Grid {
  const scaled = gridsOf(1, most).map((grid) => {
    return { grid, scale: Math.min(grid.columns * side / width, grid.rows * side / height) };
  });
  const enlarging = scaled.filter(({ scale }) => scale >= 1);
  if (enlarging.length === 0) return scaled.reduce((a, b) => b.scale > a.scale ? b : a).grid;
  return enlarging.reduce((a, b) => b.scale < a.scale ? b : a).grid;
}

/** The text that stands for a picture. Its marks are Cohere's tokenizer's. */
function expansion(tiles: number, each: number): ImageText {
  const token = "<|IMG_PATCH|>", line: TextPart[] = [[token, each], "<|IMG_LINE_BREAK|>"];
  const lines = Array<TextPart[]>(tiles).fill(line).flat();
  const parts = ["<|START_OF_IMG|>", ...lines, "<|END_OF_IMG|>"];
  return { tokens: tiles * each, parts, token, typed: "marks" };
}
