import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { HALVES } from "../parts/common_fields.ts";
import { plainProcessor } from "../parts/plain.ts";

/**
 * SigLIP: every picture stretched to `size`: `pixel_values` `[pictures, 3, height, width]`. Tokens are
 * `image_seq_length` a picture (PaliGemma's files have it), or LLaVA's processor's; otherwise there is no count.
 * Source: transformers `models/siglip/image_processing_pil_siglip.py`.
 */
export function siglip(fields: Fields): ProcessorRecipe {
  return plainProcessor("siglip", fields, {
    filter: "bicubic",
    mean: HALVES,
    std: HALVES,
    size: { height: 224, width: 224 },
    tokens: fields.count("image_seq_length"),
  });
}
