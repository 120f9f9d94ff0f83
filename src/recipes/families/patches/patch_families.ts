import type { Family } from "../family.ts";

/** The families whose rows are patches, and that came with transformers 5. */
export const PATCH_FAMILIES: readonly Family[] = [
  {
    name: "cohere_compass",
    models: "Cohere Compass",
    types: ["CohereCompassImageProcessor"],
    alcove: "patches",
    nullIsAbsent: ["size"],
  },
  {
    name: "cosmos3_edge",
    models: "Cosmos 3 Edge",
    types: ["Cosmos3EdgeImageProcessor"],
    alcove: "patches",
  },
  {
    name: "ernie4_5_vl_moe",
    models: "ERNIE 4.5 VL",
    types: ["Ernie4_5_VLMoeImageProcessor", "Ernie4_5_VL_MoeImageProcessor"],
    alcove: "patches",
  },
  {
    name: "glm5_next",
    models: "GLM-5 Next",
    types: ["Glm5NextImageProcessor"],
    alcove: "patches",
  },
  {
    name: "glm_image",
    models: "GLM-Image",
    types: ["GlmImageImageProcessor"],
    alcove: "patches",
    nullIsAbsent: ["size"],
  },
  {
    name: "glmga",
    models: "GLM-GA",
    types: ["GlmgaImageProcessor"],
    alcove: "patches",
  },
  {
    name: "hunyuan_vl",
    models: "HunyuanOCR, HunYuan-VL",
    types: ["HunYuanVLImageProcessor"],
    alcove: "patches",
    nullIsAbsent: ["size"],
  },
  {
    name: "kimi_k25",
    models: "Kimi K2.5, Kimi K2.6",
    types: ["Kimi_K25ImageProcessor"],
    alcove: "patches",
    backends: ["torchvision"],
  },
  {
    name: "minimax_m3_vl",
    models: "MiniMax M3 VL",
    types: ["MiniMaxM3VLImageProcessor"],
    alcove: "patches",
    backends: ["torchvision"],
    nullIsAbsent: ["size"],
  },
  {
    name: "muse_glimmer",
    models: "Muse Glimmer",
    types: ["MuseGlimmerImageProcessor"],
    alcove: "patches",
    backends: ["torchvision"],
    resizeCheck: "never",
  },
  {
    name: "neomme",
    models: "NeoMME",
    types: ["NeoMMEImageProcessor"],
    alcove: "patches",
    backends: ["torchvision"],
    resizeCheck: "never",
  },
  {
    name: "video_llama_3",
    models: "VideoLLaMA 3",
    types: ["VideoLlama3ImageProcessor"],
    alcove: "patches",
    nullIsAbsent: ["size"],
  },
];
