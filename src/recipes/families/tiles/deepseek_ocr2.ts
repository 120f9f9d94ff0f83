import type { Size } from "../../../plan/geometry.ts";
import type { TextPart } from "../../../plan/image_text.ts";
import { PIXELS } from "../../../plan/plan.ts";
import type { Rgb } from "../../../plan/tables/values.ts";
import { eachPicture } from "../../each_picture.ts";
import { type Fields, isCount, isRgb } from "../../fields.ts";
import { commonFields, HALVES } from "../../parts/common_fields.ts";
import { whole } from "../../parts/placements.ts";
import { roundHalfEven } from "../../parts/resized_size.ts";
import { exactSize } from "../../parts/size_keys.ts";
import { composeGrid, nearestGrid, ONE_TILE } from "../../parts/tile_grids.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { MOST_TILES, NO_PIXELS, refusal } from "../../refusal.ts";

const NAME = "deepseek_ocr2";

/** The output of the tiles that large pictures are cut into. */
const LOCALS = "pixel_values_local";

/**
 * DeepSeek-OCR 2. All of a picture is fitted into a square, in the middle of a colour. A picture larger than
 * a tile is also stretched over the grid of tiles whose aspect is nearest.
 *
 * Outputs: `pixel_values` `[pictures, 3, side, side]`, `num_local_patches` `[pictures]`, and where pictures
 * have tiles `pixel_values_local` `[tiles, 3, tile, tile]`. The square's side is the height of `size`, or
 * without `crop_to_patches` `tile_size`. `patch_size` (16 by default) and `downsample_ratio` (4) are the
 * processor's.
 *
 * Source: transformers `models/deepseek_ocr2/image_processing_pil_deepseek_ocr2.py`,
 * `processing_deepseek_ocr2.py`.
 */
export function deepseekOcr2(fields: Fields): ProcessorRecipe {
  const { filter, resampler, values } = commonFields(fields, { filter: "bicubic", ...HALVES });
  fields.setAside("do_resize");
  const { height } = exactSize(fields, "size") ?? { height: 1024 };
  const cropped = fields.boolean("crop_to_patches") ?? true;
  const least = fields.count("min_patches", MOST_TILES) ?? 2,
    most = fields.count("max_patches", MOST_TILES) ?? 6;
  const side = fields.count("tile_size") ?? 768;
  const fill = backgroundOf(fields);
  const square = cropped ? height : side, tile = { width: side, height: side };
  const patch = (fields.count("patch_size") ?? 16) * (fields.count("downsample_ratio") ?? 4);
  const tokensOf = (length: number) => Math.ceil(length / patch) ** 2;
  return {
    kind: "processor",
    name: NAME,
    parameters: fields.given(),
    values,
    *compose(composer) {
      const counts = yield* eachPicture(composer, (picture, index) => {
        const content = fitted(picture, square);
        const longest = Math.max(content.width, content.height);
        const canvas = { width: longest, height: longest };
        const offset = {
          x: Math.floor((longest - content.width) / 2),
          y: Math.floor((longest - content.height) / 2),
        };
        const all = composer.canvas({
          canvas,
          fill,
          placements: [whole({ picture: index }, picture, content, filter, offset)],
          target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
        });
        const large = cropped && Math.max(picture.width, picture.height) > side;
        const grid = large ? nearestGrid(picture, { size: tile, least, most }) : ONE_TILE;
        const main = large ? composeGrid(composer, index, grid, tile, { filter, resampler }, LOCALS) : all;
        const count = large ? grid.columns * grid.rows : 0;
        const tokens = tokensOf(height) + tokensOf(side) * count + 1;
        const parts: TextPart[] = [["<image>", tokens]];
        composer.image({ size: picture, main, grid: [grid.rows, grid.columns], tokens, parts });
        return count;
      });
      composer.integers("num_local_patches", { dtype: "i64", shape: [counts.length], values: counts });
    },
  };
}

/** The colour around a picture. One number is its red; green and blue are then 0. */
function backgroundOf(fields: Fields): Rgb {
  const isByte = (n: number) => n === 0 || isCount(n) && n < 256;
  const given = fields.take("background_color", "a byte, or three of them", (value) => {
    const colour = typeof value === "number" ? [value, 0, 0] : value;
    return isRgb(colour, isByte) ? colour : undefined;
  });
  return given ?? [127, 127, 127];
}

/** The size whose longer side is `side`. */
function fitted(picture: Size, side: number): Size {
  const scale = side / Math.max(picture.width, picture.height);
  const [width, height] = [roundHalfEven(picture.width * scale), roundHalfEven(picture.height * scale)];
  if (width === 0 || height === 0) {
    throw refusal(NAME, picture, `it would be ${width}x${height}, ${NO_PIXELS}`);
  }
  return { width, height };
}
