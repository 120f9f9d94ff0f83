import type { ClassBackends } from "../backend.ts";
import type { Fields } from "../fields.ts";
import type { ProcessorRecipe } from "../recipe.ts";
import { aria } from "./aria.ts";
import { clip } from "./clip.ts";
import { gemma3 } from "./gemma3.ts";
import { glm4v } from "./glm4v.ts";
import { gotOcr2 } from "./got_ocr2.ts";
import { idefics2 } from "./idefics2.ts";
import { idefics3, smolVlm } from "./idefics3.ts";
import { llava } from "./llava.ts";
import { llavaNext } from "./llava_next.ts";
import { llavaOnevision } from "./llava_onevision.ts";
import { mllama } from "./mllama.ts";
import { ovis2 } from "./ovis2.ts";
import { paddleOcrVl } from "./paddleocr_vl.ts";
import { pixtral } from "./pixtral.ts";
import { qwen2Vl } from "./qwen2_vl.ts";
import { siglip } from "./siglip.ts";
import { siglip2 } from "./siglip2.ts";

/** A family of processors: one Python class under all the names that configs give it. */
export interface Family extends ClassBackends {
  /** The name of its recipes. */
  name: string;
  /** The models that it prepares pictures for. */
  models: string;
  /** `image_processor_type` without `Fast` and `Pil`. */
  types: readonly string[];
  /** `video_processor_type` of the class that prepares clips as this family does with `video`. */
  videoTypes?: readonly string[];
  /** Reads a config's fields and makes its recipe. */
  make(fields: Fields): ProcessorRecipe;
}

/** Every family, in the order in which they are listed. */
export const FAMILIES: readonly Family[] = [
  {
    name: "qwen2_vl",
    models: "Qwen2-VL, Qwen2.5-VL, Qwen3-VL",
    types: ["Qwen2VLImageProcessor", "Qwen2_5_VLImageProcessor", "Qwen3VLImageProcessor"],
    videoTypes: ["Qwen2VLVideoProcessor"],
    make: qwen2Vl,
  },
  {
    name: "clip",
    models: "CLIP and what takes its pictures",
    types: ["CLIPImageProcessor", "CLIPFeatureExtractor"],
    make: clip,
  },
  {
    name: "siglip",
    models: "SigLIP and what takes its pictures",
    types: ["SiglipImageProcessor"],
    make: siglip,
  },
  {
    name: "llava",
    models: "LLaVA-1.5, and what takes pictures padded to a square",
    types: ["LlavaImageProcessor"],
    make: llava,
  },
  {
    name: "llava_next",
    models: "LLaVA-NeXT (LLaVA-1.6)",
    types: ["LlavaNextImageProcessor"],
    make: llavaNext,
  },
  {
    name: "llava_onevision",
    models: "LLaVA-OneVision",
    types: ["LlavaOnevisionImageProcessor"],
    videoTypes: ["LlavaOnevisionVideoProcessor"],
    make: llavaOnevision,
  },
  {
    name: "got_ocr2",
    models: "InternVL2.5 and 3, GOT-OCR2",
    types: ["GotOcr2ImageProcessor"],
    make: gotOcr2,
  },
  {
    name: "ovis2",
    models: "Ovis2",
    types: ["Ovis2ImageProcessor"],
    make: ovis2,
  },
  {
    name: "aria",
    models: "Aria",
    types: ["AriaImageProcessor"],
    make: aria,
  },
  {
    name: "glm4v",
    models: "GLM-4.1V, GLM-4.5V, GLM-4.6V",
    types: ["Glm4vImageProcessor", "Glm46VImageProcessor"],
    make: glm4v,
  },
  {
    name: "paddleocr_vl",
    models: "PaddleOCR-VL",
    types: ["PaddleOCRVLImageProcessor"],
    make: paddleOcrVl,
  },
  {
    name: "idefics2",
    models: "Idefics2",
    types: ["Idefics2ImageProcessor"],
    make: idefics2,
  },
  {
    name: "idefics3",
    models: "Idefics3",
    types: ["Idefics3ImageProcessor"],
    wantsLanczos: true,
    make: idefics3,
  },
  {
    name: "smolvlm",
    models: "SmolVLM, SmolVLM2",
    types: ["SmolVLMImageProcessor"],
    wantsLanczos: true,
    make: smolVlm,
  },
  {
    name: "gemma3",
    models: "Gemma 3",
    types: ["Gemma3ImageProcessor"],
    make: gemma3,
  },
  {
    name: "mllama",
    models: "Llama 3.2 Vision",
    types: ["MllamaImageProcessor"],
    make: mllama,
  },
  {
    name: "pixtral",
    models: "Pixtral, Mistral Small 3",
    types: ["PixtralImageProcessor"],
    make: pixtral,
  },
  {
    name: "siglip2",
    models: "SigLIP 2 NaFlex",
    types: ["Siglip2ImageProcessor"],
    make: siglip2,
  },
];
