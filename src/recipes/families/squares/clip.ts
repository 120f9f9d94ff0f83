import type { Fields } from "../../fields.ts";
import { CLIP } from "../../parts/common_fields.ts";
import { plainProcessor } from "../../parts/plain_processor.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

/**
 * CLIP. A picture's shorter side is resized to `size`, and its middle `crop_size` is kept.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`. Tokens are counted only where the class prepares
 * pictures for LLaVA's processor.
 *
 * Source: transformers `models/clip/image_processing_pil_clip.py`.
 */
export function clip(fields: Fields): ProcessorRecipe {
  return plainProcessor("clip", fields, {
    filter: "bicubic",
    ...CLIP,
    size: { shortest_edge: 224 },
    crop: { width: 224, height: 224 },
  });
}
