import type { Composer } from "../../plan/composer.ts";
import { PIXELS } from "../../plan/plan.ts";
import { CLIP_MEAN, CLIP_STD } from "../../plan/tables/values.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { commonOf, whole } from "../parts/common_fields.ts";
import { expandedTile, towerOf } from "../parts/image_tokens.ts";
import { centred, cropOf, resizedTo, resizeKeys } from "../parts/resized_size.ts";
import { paddedSquare } from "../parts/padded_square.ts";

/**
 * LLaVA-1.5 and its kin: with `do_pad` a square of the mean's colour around the picture; then the shorter side to `size` and the
 * middle `crop_size` of it: `pixel_values` `[pictures, 3, height, width]`. `patch_size`, `vision_feature_select_strategy` and
 * `num_additional_image_tokens` are the processor's: without the first, as by default, there is no token count.
 * Source: transformers `models/llava/image_processing_pil_llava.py`, `_preprocess`; `processing_llava.py`.
 */
export function llava(fields: Fields): ProcessorRecipe {
  const defaults = { filter: "bicubic", mean: CLIP_MEAN, std: CLIP_STD } as const;
  const { doResize, filter, resampler, values, mean } = commonOf(fields, defaults);
  const size = resizeKeys(fields, "size", { shortest_edge: 224 }, true);
  const crop = cropOf(fields, true, { width: 224, height: 224 });
  const doPad = fields.boolean("do_pad") ?? false;
  const tower = towerOf(fields);
  return {
    kind: "processor",
    name: "llava",
    parameters: fields.given(),
    values,
    compose(composer: Composer) {
      for (const [index, picture] of composer.pictures.entries()) {
        const { source, size: from } = doPad
          ? paddedSquare(composer, index, mean)
          : { source: { picture: index }, size: picture };
        const content = doResize ? resizedTo(from, size) : from;
        const canvas = crop ?? content;
        const main = composer.canvas({
          canvas,
          fill: [0, 0, 0],
          placements: [whole(source, from, content, filter, centred(content, canvas, resampler))],
          target: composer.target(PIXELS, canvas, "c h w -> 1 c h w"),
        });
        composer.image({ size: picture, main, grid: [1, 1], ...expandedTile(tower, canvas) });
      }
    },
  };
}
