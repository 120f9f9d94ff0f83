import { PIXELS } from "../../../plan/plan.ts";
import { BLACK } from "../../../plan/tables/values.ts";
import { eachPicture } from "../../each_picture.ts";
import type { Fields } from "../../fields.ts";
import { CLIP, commonFields } from "../../parts/common_fields.ts";
import { expandedTile, towerOf } from "../../parts/image_tokens.ts";
import { paddedSquare, requireMeanOfThree } from "../../parts/padded_square.ts";
import { centred, whole } from "../../parts/placements.ts";
import { resizedSize } from "../../parts/resized_size.ts";
import { cropOf, resizeKeys } from "../../parts/size_keys.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

/**
 * LLaVA-1.5 and its kin. With `do_pad` a picture lies in a square of the mean's colour. Then the shorter side
 * is resized to `size`, and the middle `crop_size` is kept.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`. `patch_size`, `vision_feature_select_strategy` and
 * `num_additional_image_tokens` are the processor's. Without the first, as by default, there is no token
 * count.
 *
 * Source: transformers `models/llava/image_processing_pil_llava.py`, `_preprocess`; `processing_llava.py`.
 */
export function llava(fields: Fields): ProcessorRecipe {
  const { doResize, filter, resampler, values, mean } = commonFields(fields, { filter: "bicubic", ...CLIP });
  const size = resizeKeys(fields, { shortest_edge: 224 }, "shortest_edge");
  const crop = cropOf(fields, { width: 224, height: 224 });
  const doPad = fields.boolean("do_pad") ?? false;
  if (doPad) requireMeanOfThree(fields);
  const tower = towerOf(fields);
  return {
    kind: "processor",
    name: "llava",
    parameters: fields.given(),
    values,
    *compose(composer) {
      yield* eachPicture(composer, (picture, index) => {
        const { source, size: from } = doPad
          ? paddedSquare(composer, index, mean)
          : { source: { picture: index }, size: picture };
        const content = doResize ? resizedSize(from, size) : from;
        const canvas = crop ?? content;
        const main = composer.canvas({
          canvas,
          fill: BLACK,
          placements: [whole(source, from, content, filter, centred(content, canvas, resampler))],
          target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
        });
        composer.image({ size: picture, main, grid: [1, 1], ...expandedTile(tower, canvas) });
      });
    },
  };
}
