import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { clip } from "./clip.ts";
import { qwen2Vl } from "./qwen2_vl.ts";

/** A family of processors: one Python class under all the names that configs give it. */
export interface Family {
  name: string;
  /** Models that it prepares pictures for. */
  models: string;
  /** `image_processor_type` without `Fast` and `Pil`. */
  types: readonly string[];
  make(fields: Fields): ProcessorRecipe;
}

/** Every family, in the order in which they are listed. */
export const FAMILIES: readonly Family[] = [
  {
    name: "qwen2_vl",
    models: "Qwen2-VL, Qwen2.5-VL, Qwen3-VL",
    types: ["Qwen2VLImageProcessor", "Qwen2_5_VLImageProcessor", "Qwen3VLImageProcessor"],
    make: qwen2Vl,
  },
  {
    name: "clip",
    models: "CLIP and what takes its pictures",
    types: ["CLIPImageProcessor", "CLIPFeatureExtractor"],
    make: clip,
  },
];
