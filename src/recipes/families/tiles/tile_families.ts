import type { Family } from "../family.ts";

/**
 * The families of tiles and windows, and of patches within a budget of tokens, that came with transformers 5.
 */
export const TILE_FAMILIES: readonly Family[] = [
  {
    name: "cohere2_vision",
    models: "Command A Vision",
    types: ["Cohere2VisionImageProcessor"],
    alcove: "tiles",
    backends: ["torchvision"],
    readsSize: true,
  },
  {
    name: "deepseek_ocr2",
    models: "DeepSeek-OCR 2",
    types: ["DeepseekOcr2ImageProcessor"],
    alcove: "tiles",
    passed: { DeepseekOcr2Processor: { crop_to_patches: true, min_patches: 2, max_patches: 6 } },
    readsSize: true,
  },
  {
    name: "gemma4",
    models: "Gemma 4",
    types: ["Gemma4ImageProcessor"],
    alcove: "tiles",
    resizeCheck: "never",
  },
  {
    name: "gemma4_unified",
    models: "Gemma 4 unified",
    types: ["Gemma4UnifiedImageProcessor"],
    alcove: "tiles",
    backends: ["torchvision"],
    resizeCheck: "never",
  },
  {
    name: "inkling",
    models: "Inkling",
    types: ["InklingImageProcessor"],
    alcove: "tiles",
    backends: ["torchvision"],
    resizeCheck: "asked",
    readsSize: true,
  },
  {
    name: "lfm2_vl",
    models: "LFM2-VL",
    types: ["Lfm2VlImageProcessor"],
    alcove: "tiles",
    backends: ["torchvision"],
  },
  {
    name: "llama4",
    models: "Llama 4",
    types: ["Llama4ImageProcessor"],
    alcove: "tiles",
    backends: ["torchvision"],
  },
  {
    name: "minicpmv4_6",
    models: "MiniCPM-V 4.6",
    types: ["MiniCPMV4_6ImageProcessor"],
    alcove: "tiles",
    resizeCheck: "never",
  },
  {
    name: "perception_lm",
    models: "PerceptionLM",
    types: ["PerceptionLMImageProcessor"],
    alcove: "tiles",
    backends: ["torchvision"],
  },
  {
    name: "phi4_multimodal",
    models: "Phi-4-multimodal",
    types: ["Phi4MultimodalImageProcessor"],
    alcove: "tiles",
    backends: ["torchvision"],
    resizeCheck: "asked",
    readsSize: true,
  },
  {
    name: "step3p7",
    models: "Step 3.7",
    types: ["Step3p7ImageProcessor"],
    alcove: "tiles",
    backends: ["torchvision"],
    resizeCheck: "asked",
    readsSize: true,
  },
];
