import type { Fields } from "../../fields.ts";
import { HALVES } from "../../parts/common_fields.ts";
import { plainProcessor } from "../../parts/plain_processor.ts";
import type { ProcessorRecipe } from "../../recipe.ts";

/**
 * SigLIP. Every picture is stretched to `size`.
 *
 * Outputs: `pixel_values` `[pictures, 3, height, width]`. Tokens are `image_seq_length` a picture, which
 * PaliGemma's files have, or LLaVA's processor's. Without either there is no count.
 *
 * Source: transformers `models/siglip/image_processing_pil_siglip.py`.
 */
export function siglip(fields: Fields): ProcessorRecipe {
  return plainProcessor("siglip", fields, {
    filter: "bicubic",
    ...HALVES,
    size: { height: 224, width: 224 },
    expansion: { tokens: fields.count("image_seq_length") },
  });
}
