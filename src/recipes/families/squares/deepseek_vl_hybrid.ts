import { PIXELS } from "../../../plan/plan.ts";
import type { Rgb } from "../../../plan/tables/values.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import { colourOf, longerAt, requireMeanOfThree, squareAround } from "../../parts/padded_square.ts";
import { whole } from "../../parts/placements.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { GREY, repeatedTokens, squareSide } from "./janus.ts";

/** The output of the encoder that sees more pixels. */
const HIGH = "high_res_pixel_values";

/** The fields that both outputs share. */
const SHARED = [
  "do_rescale",
  "rescale_factor",
  "do_normalize",
  "backend",
  "torchvision",
  "default_to_square",
];

/**
 * DeepSeek-VL with two encoders. A picture's longer side is resized to `high_res_size`, the shorter one no
 * lower than `min_size`, and it lies in the middle of a square of the mean's colour. That square is resized
 * once more, to `size`.
 *
 * Outputs: `high_res_pixel_values` `[pictures, 3, high_res_size, high_res_size]`, `pixel_values`
 * `[pictures, 3, size, size]`. `num_image_tokens` is how many tokens a picture becomes, 576 by default;
 * `image_token` is one token's text.
 *
 * Source: transformers `models/deepseek_vl_hybrid/image_processing_deepseek_vl_hybrid.py`,
 * `image_processing_pil_deepseek_vl_hybrid.py`, `_preprocess`; `processing_deepseek_vl_hybrid.py`.
 */
export function deepseekVlHybrid(fields: Fields): ProcessorRecipe {
  const low = commonFields(fields, { filter: "bicubic", ...CLIP });
  const own = fields.under("high_res_", ...SHARED);
  const high = commonFields(own, { filter: "bicubic", ...CLIP });
  const side = squareSide(fields, "size", 384), highSide = squareSide(own, "size", 1024);
  const least = fields.count("min_size") ?? 14;
  for (const field of ["do_resize", "do_pad"]) {
    if (fields.boolean(field) === false) throw fields.bad(field, "true: torchvision's twin fails without");
  }
  fields.leaveUnused("background_color");
  own.leaveUnused("background_color");
  const background = backgroundOf(fields, low.mean), highBackground = backgroundOf(own, high.mean);
  const expansion = repeatedTokens(fields);
  return {
    kind: "processor",
    name: "deepseek_vl_hybrid",
    parameters: fields.given(),
    values: low.values,
    *compose(composer) {
      yield* eachPicture(composer, (picture, index) => {
        const large = longerAt(picture, highSide, least), around = squareAround(large);
        const view = composer.canvas({
          canvas: around.canvas,
          fill: highBackground,
          placements: [whole({ picture: index }, picture, large, high.filter, around.offset)],
          target: composer.target(HIGH, around.canvas, "c h w -> 1 c h w"),
        });
        const small = longerAt(around.canvas, side, least), { canvas, offset } = squareAround(small);
        const main = composer.canvas({
          canvas,
          fill: background,
          placements: [whole({ view }, around.canvas, small, low.filter, offset)],
          target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
        });
        composer.image({ size: picture, main, grid: [1, 1], ...expansion });
      });
      composer.valueAs(HIGH, high.values);
    },
  };
}

/**
 * Returns the colour around pictures: the mean's where the file has a mean, and else grey. A
 * `background_color` in the file changes nothing in Python.
 */
function backgroundOf(fields: Fields, mean: Rgb): Rgb {
  requireMeanOfThree(fields);
  return fields.value("image_mean") == null ? GREY : colourOf(mean);
}
