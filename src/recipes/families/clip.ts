import { CLIP_MEAN, CLIP_STD } from "../../plan/tables/values.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { plainProcessor } from "../parts/plain.ts";

/**
 * CLIP: the shorter side to `size`, and the middle `crop_size` of it: `pixel_values` `[pictures, 3, height, width]`.
 * Only where it prepares pictures for LLaVA's processor is there a token count.
 * Source: transformers `models/clip/image_processing_pil_clip.py`.
 */
export function clip(fields: Fields): ProcessorRecipe {
  return plainProcessor("clip", fields, {
    filter: "bicubic",
    mean: CLIP_MEAN,
    std: CLIP_STD,
    size: { shortest_edge: 224 },
    crop: { width: 224, height: 224 },
  });
}
