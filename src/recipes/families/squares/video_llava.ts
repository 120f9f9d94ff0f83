import { eachInSteps } from "../../../runtime/in_steps.ts";
import type { Fields } from "../../fields.ts";
import { CLIP } from "../../parts/common_fields.ts";
import { towerOf } from "../../parts/image_tokens.ts";
import { plainProcessor } from "../../parts/plain_processor.ts";
import type { ProcessorRecipe } from "../../recipe.ts";
import { requireGuessedChannels } from "../../refusal.ts";

const NAME = "video_llava";

/**
 * Video-LLaVA. A picture's shorter side is resized to `size`, and its middle `crop_size` is kept.
 *
 * Outputs: `pixel_values_images` `[pictures, 3, height, width]`. `patch_size`, 14 by default,
 * `vision_feature_select_strategy` and `num_additional_image_tokens`, 1 by default, are the processor's.
 *
 * Source: transformers `models/video_llava/image_processing_video_llava.py`, `_preprocess_image`;
 * `processing_video_llava.py`.
 */
export function videoLlava(fields: Fields): ProcessorRecipe {
  const recipe = plainProcessor(NAME, fields, {
    filter: "bicubic",
    ...CLIP,
    size: { shortest_edge: 224 },
    crop: { height: 224, width: 224 },
    output: "pixel_values_images",
    unpadded: true,
    tower: towerOf(fields, { patch: 14, strategy: "default", additional: 1 }),
  });
  return {
    ...recipe,
    *compose(composer) {
      yield* eachInSteps(composer.pictures, (picture) => requireGuessedChannels(NAME, picture));
      yield* recipe.compose(composer);
    },
  };
}
