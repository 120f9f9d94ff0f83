import { PIXELS } from "../../../plan/plan.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import { resizedSize } from "../../parts/resized_size.ts";
import { resizeKeys } from "../../parts/size_keys.ts";
import { composeGrid, croppingOf, nearestGrid, ONE_TILE } from "../../parts/tile_grids.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { tileText } from "./got_ocr2_text.ts";

/**
 * InternVL, GOT-OCR2, Aya Vision and Qianfan-OCR. With `crop_to_patches` a picture becomes the grid of tiles
 * whose aspect is nearest, and after them the whole picture as one more tile. Without it the whole picture is
 * the only tile. Where `max_patches` is 1, torchvision's class stretches the whole picture to a tile, and
 * Pillow's twin does so where `do_resize` is true.
 *
 * Outputs: `pixel_values` `[tiles, 3, height, width]`, `num_patches` `[pictures]`. Tokens are the features.
 * The models' processors differ in the text of a picture, and `processor_class` says whose it is.
 *
 * Source: transformers `models/got_ocr2/image_processing_got_ocr2.py`, `image_processing_pil_got_ocr2.py`,
 * `_preprocess`.
 */
export function gotOcr2(fields: Fields): ProcessorRecipe {
  const common = commonFields(fields, { filter: "bicubic", ...CLIP });
  const { doResize, filter, resampler, values, backend } = common;
  const size = resizeKeys(fields, { height: 384, width: 384 }, "square");
  const steps = { filter, resampler };
  const cropping = croppingOf(fields, size, backend !== "pil");
  const textOf = tileText(fields);
  return {
    kind: "processor",
    name: "got_ocr2",
    parameters: fields.given(),
    values,
    *compose(composer) {
      const counts = yield* eachPicture(composer, (picture, index) => {
        const before = composer.rows(PIXELS);
        const grid = cropping ? nearestGrid(picture, cropping) : ONE_TILE;
        const tile = cropping?.size ?? (doResize ? resizedSize(picture, size) : picture);
        const main = composeGrid(composer, index, grid, tile, steps);
        if (grid.columns * grid.rows > 1) composeGrid(composer, index, ONE_TILE, tile, steps);
        const count = composer.rows(PIXELS) - before;
        composer.image({ size: picture, main, grid: [grid.rows, grid.columns], ...textOf(count) });
        return count;
      });
      composer.integers("num_patches", { dtype: "i64", shape: [counts.length], values: counts });
    },
  };
}
