import { cohereCompass } from "./cohere_compass.ts";
import { cosmos3Edge } from "./cosmos3_edge.ts";
import { ernie45VlMoe } from "./ernie4_5_vl_moe.ts";
import type { Family } from "../family.ts";
import { glm5Next } from "./glm5_next.ts";
import { glmImage } from "./glm_image.ts";
import { glmga } from "./glmga.ts";
import { hunyuanVl } from "./hunyuan_vl.ts";
import { kimiK25 } from "./kimi_k25.ts";
import { miniMaxM3Vl } from "./minimax_m3_vl.ts";
import { museGlimmer } from "./muse_glimmer.ts";
import { neoMme } from "./neomme.ts";
import { videoLlama3 } from "./video_llama_3.ts";

/** The families whose rows are patches, and that came with transformers 5. */
export const PATCH_FAMILIES: readonly Family[] = [
  {
    name: "cohere_compass",
    models: "Cohere Compass",
    types: ["CohereCompassImageProcessor"],
    make: cohereCompass,
  },
  {
    name: "cosmos3_edge",
    models: "Cosmos 3 Edge",
    types: ["Cosmos3EdgeImageProcessor"],
    make: cosmos3Edge,
  },
  {
    name: "ernie4_5_vl_moe",
    models: "ERNIE 4.5 VL",
    types: ["Ernie4_5_VLMoeImageProcessor", "Ernie4_5_VL_MoeImageProcessor"],
    make: ernie45VlMoe,
  },
  {
    name: "glm5_next",
    models: "GLM-5 Next",
    types: ["Glm5NextImageProcessor"],
    make: glm5Next,
  },
  {
    name: "glm_image",
    models: "GLM-Image",
    types: ["GlmImageImageProcessor"],
    make: glmImage,
  },
  {
    name: "glmga",
    models: "GLM-GA",
    types: ["GlmgaImageProcessor"],
    make: glmga,
  },
  {
    name: "hunyuan_vl",
    models: "HunyuanOCR, HunYuan-VL",
    types: ["HunYuanVLImageProcessor"],
    make: hunyuanVl,
  },
  {
    name: "kimi_k25",
    models: "Kimi K2.5, Kimi K2.6",
    types: ["Kimi_K25ImageProcessor"],
    backends: ["torchvision"],
    make: kimiK25,
  },
  {
    name: "minimax_m3_vl",
    models: "MiniMax M3 VL",
    types: ["MiniMaxM3VLImageProcessor"],
    backends: ["torchvision"],
    make: miniMaxM3Vl,
  },
  {
    name: "muse_glimmer",
    models: "Muse Glimmer",
    types: ["MuseGlimmerImageProcessor"],
    backends: ["torchvision"],
    make: museGlimmer,
  },
  {
    name: "neomme",
    models: "NeoMME",
    types: ["NeoMMEImageProcessor"],
    backends: ["torchvision"],
    make: neoMme,
  },
  {
    name: "video_llama_3",
    models: "VideoLLaMA 3",
    types: ["VideoLlama3ImageProcessor"],
    make: videoLlama3,
  },
];
